"""The trial of a release passes for one that works, or says what is wrong."""

import subprocess
import sys

import pytest

from dev import release, try_release


def test_files_that_are_missing_or_too_many_are_named(tmp_path):
    folder = release.install(tmp_path)
    try_release.require_files(folder)
    (folder / "labels" / "store.py").unlink()
    (folder / ".env").touch()
    with pytest.raises(try_release.ReleaseError, match=r": \.env, labels/store\.py$"):
        try_release.require_files(folder)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("missing", [None, "panel/dist/index.umd.js"])
def test_an_archive_is_installed_and_used(tmp_path, missing):
    archive = tmp_path / "duplicates.zip"
    if missing is None:
        release.pack(archive)
    else:
        root = tmp_path / "root"
        release.copy(root)
        (root / missing).unlink()
        release.pack(archive, root)
    command = [sys.executable, "-m", "dev.try_release", "--here", "--no-app", archive]
    done = subprocess.run(
        command, cwd=release.ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode == 0) == (missing is None), done.stdout
    if missing is not None:
        assert done.stderr.endswith(f"differ from a release's: {missing}\n")
    else:
        assert "labels in 8 samples are deleted" in done.stdout
