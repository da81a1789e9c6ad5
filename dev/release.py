"""What a release of the plugin holds; copies it to a folder, or packs it as an archive.

Usage: ``python dev/release.py --zip out/duplicates.zip``
"""

import argparse
import pathlib
import shutil
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[1]

# Glob patterns, relative to the root of the repository.
PATTERNS = (
    "fiftyone.yml",
    "__init__.py",
    "duplicates_loader.py",
    "requirements.txt",
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
    "iou_core/**/*.py",
    "labels/**/*.py",
    "operators/**/*.py",
    "panel/*.py",
    "panel/dist/**/*",
    "assets/**/*",
)


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
    return sorted(found)


def copy(folder, root=ROOT):
    """Makes a folder hold a release and nothing else.

    Args:
        folder: the folder; what it held before is removed
        root: the root of the repository
    """
    folder = pathlib.Path(folder)
    if folder.exists():
        shutil.rmtree(folder)
    for path in files(root):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / path, target)


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
    """Packs the archive that the command line names."""
    parser = argparse.ArgumentParser(description="Packs a release of the plugin.")
    parser.add_argument("--zip", required=True, metavar="FILE", help="the archive")
    archive = parser.parse_args().zip
    pack(archive)
    print(f"{archive}: {len(files())} files")


if __name__ == "__main__":
    main()
