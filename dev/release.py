"""The files of a release, and the commands that pack and install them.

FiftyOne serves its plugins folder over HTTP, so it must contain nothing else: neither a
clone of the repository nor a link to one.

Usage: ``python dev/release.py --zip out/duplicates.zip`` or ``--install [FOLDER]``
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
NAME = "@iou/duplicates"

# Glob patterns, relative to the root of the repository. `.gitattributes` selects the
# same files for the archives that git and GitHub make.
PATTERNS = (
    "fiftyone.yml",
    "__init__.py",
    "duplicates_loader.py",
    "requirements.txt",
    "requirements-ray.txt",
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
    "iou_core/**/*.py",
    "labels/**/*.py",
    "operators/**/*.py",
    "panel/**/*.py",
    "panel/**/*.html",
    "panel/dist/**/*",
    "skills/**/*.md",
)
SOURCES = pathlib.PurePath("panel/src")


class InstallError(Exception):
    """The plugin cannot be installed; the message says why and what to do."""


def files(root=ROOT):
    """Returns the files of a release, relative to the repository, sorted.

    Args:
        root: the root of the repository

    Returns:
        a list of relative :class:`pathlib.PurePath`
    """
    root = pathlib.Path(root)
    found = {
        path.relative_to(root)
        for pattern in PATTERNS
        for path in root.glob(pattern)
        if path.is_file() and not path.name.startswith(".")
    }
    return sorted(path for path in found if not path.is_relative_to(SOURCES))


def copy(folder, root=ROOT):
    """Replaces the contents of a folder with a release.

    Args:
        folder: the folder; its contents are removed. If it is a link, only the link is
        root: the root of the repository
    """
    folder = pathlib.Path(folder)
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    for path in files(root):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / path, target)


def install(plugins=None, root=ROOT):
    """Copies a release into FiftyOne's plugins folder.

    Args:
        plugins (None): FiftyOne's plugins folder. By default, the one that the
            ``fiftyone`` command names
        root: the root of the repository

    Returns:
        the folder that holds the release

    Raises:
        InstallError: if the folder is unknown, or has the plugin in another place
    """
    plugins = pathlib.Path(plugins or plugins_dir())
    folder = plugins / NAME
    others = [other for other in installed(plugins) if other != folder]
    if others:
        raise InstallError(
            f"{others[0]} is another copy of the plugin: remove it, then try again"
        )
    if folder.exists() and folder not in installed(plugins):
        raise InstallError(f"{folder} is not the plugin: move it, then try again")
    copy(folder, root)
    return folder


def installed(plugins):
    """Returns the copies of the plugin in a plugins folder, as folders or links."""
    manifests = [
        manifest
        for pattern in ("*/fiftyone.yml", "*/*/fiftyone.yml")
        for manifest in pathlib.Path(plugins).glob(pattern)
    ]
    line = f'name: "{NAME}"'
    return [
        manifest.parent
        for manifest in manifests
        # others may be in any encoding
        if line in manifest.read_text(encoding="utf-8", errors="replace").splitlines()
    ]


def plugins_dir():
    """Returns the plugins folder of the FiftyOne that is on the PATH.

    Raises:
        InstallError: if there is none
    """
    named = os.environ.get("FIFTYONE_PLUGINS_DIR")
    if named:
        return named
    command = shutil.which("fiftyone")
    if command is None:
        raise InstallError(
            "There is no fiftyone command on the PATH: activate its environment, or "
            "name its plugins folder with make install PLUGINS_DIR=..."
        )
    asked = [command, "config", "plugins_dir"]
    reply = subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True)
    return reply.stdout.strip().splitlines()[-1]


def pack(archive, root=ROOT):
    """Packs a release as a zip archive for ``fiftyone plugins download``.

    Args:
        archive: the path of the archive, which is replaced if it exists
        root: the root of the repository
    """
    archive = pathlib.Path(archive)
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in files(root):
            packed.write(root / path, pathlib.PurePath("duplicates", path))


def main():
    """Packs or installs a release, as the command line says."""
    parser = argparse.ArgumentParser(description="Packs or installs the plugin.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--zip", metavar="FILE", help="the archive to write")
    what.add_argument("--install", nargs="?", const="", metavar="PLUGINS_DIR")
    given = parser.parse_args()
    if given.zip:
        pack(given.zip)
        place, size = given.zip, pathlib.Path(given.zip).stat().st_size
    else:
        try:
            place = install(given.install)
        except InstallError as error:
            sys.exit(str(error))
        size = sum((place / path).stat().st_size for path in files())
    print(f"{place}: {len(files())} files, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
