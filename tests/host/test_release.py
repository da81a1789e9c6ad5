"""A release holds the plugin, whole, and nothing else."""

import subprocess
import sys
import zipfile

from dev import release

ALLOWED_ROOTS = {"iou_core", "labels", "operators", "panel", "assets"}


def test_every_module_of_the_plugin_is_in_a_release():
    packages = ("iou_core", "labels", "operators")
    modules = {
        path.relative_to(release.ROOT)
        for package in packages
        for path in (release.ROOT / package).rglob("*.py")
    }

    assert modules <= set(release.files())


def test_a_release_holds_no_tests_no_sources_of_the_bundle_and_no_tools():
    folders = {path.parts[0] for path in release.files() if len(path.parts) > 1}
    panel = [path for path in release.files() if path.parts[0] == "panel"]

    assert folders <= ALLOWED_ROOTS
    assert not any({"src", "node_modules"} & set(path.parts) for path in panel)
    assert not any("__pycache__" in path.parts for path in release.files())


def test_copying_again_removes_what_a_release_no_longer_holds(tmp_path):
    folder = tmp_path / "duplicates"
    release.copy(folder)
    (folder / "leftover.py").touch()
    release.copy(folder)

    copied = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    assert copied == release.files()


def test_the_archive_holds_a_release_in_one_folder(tmp_path):
    archive = tmp_path / "out" / "duplicates.zip"
    script = release.ROOT / "dev" / "release.py"
    subprocess.run([sys.executable, script, "--zip", archive], check=True)

    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
    assert names == [f"duplicates/{path.as_posix()}" for path in release.files()]
