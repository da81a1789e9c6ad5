"""What a release of the plugin holds; packs it, or copies it where FiftyOne looks.

FiftyOne serves its plugins folder over HTTP, so nothing else belongs there: neither a
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

# Glob patterns, relative to the root of the repository. `.gitattributes` leaves the
# same files in the archives that git and GitHub make.
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
    """Makes a folder hold a release and nothing else.

    Args:
        folder: the folder; what it held before is removed. Of a link, only the link
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
        InstallError: if the folder is unknown, or holds the plugin elsewhere already
    """
    plugins = pathlib.Path(plugins or plugins_dir())
    folder = plugins / NAME
    others = [other for other in installed(plugins) if other != folder]
    if others:
        raise InstallError(
            f"{others[0]} holds the plugin already: remove it, then install again"
        )
    if folder.exists() and folder not in installed(plugins):
        raise InstallError(f"{folder} holds something else: move it, then try again")
    copy(folder, root)
    return folder


def installed(plugins):
    """Returns the folders, or links to folders, of a plugins folder with the plugin."""
    manifests = [
        manifest
        for pattern in ("*/fiftyone.yml", "*/*/fiftyone.yml")
        for manifest in pathlib.Path(plugins).glob(pattern)
    ]
    line = f'name: "{NAME}"'
    return [m.parent for m in manifests if line in m.read_text().splitlines()]


def plugins_dir():
    """Returns the plugins folder of the FiftyOne on the path.

    Raises:
        InstallError: if there is none
    """
    named = os.environ.get("FIFTYONE_PLUGINS_DIR")
    if named:
        return named
    command = shutil.which("fiftyone")
    if command is None:
        raise InstallError(
            "There is no fiftyone command on the path: activate its environment, or "
            "name its plugins folder with make install PLUGINS_DIR=..."
        )
    asked = [command, "config", "plugins_dir"]
    answer = subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True)
    return answer.stdout.strip().splitlines()[-1]


def pack(archive, root=ROOT):
    """Packs a release as a zip archive for ``fiftyone plugins download``.

    Args:
        archive: the path of the archive, replaced when it exists
        root: the root of the repository
    """
    archive = pathlib.Path(archive)
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in files(root):
            packed.write(root / path, pathlib.PurePath("duplicates", path))


def main():
    """Packs or installs, as the command line says."""
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
