import os
import subprocess
import sys

import in_memory
import pytest

SCRIPT = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import in_memory
in_memory.MEMORY = pathlib.Path(sys.argv[2])
print(in_memory.folder(None), flush=True)
input()
"""


@pytest.fixture
def memory(tmp_path, monkeypatch):
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux has /dev/shm")
    monkeypatch.setattr(in_memory, "MEMORY", tmp_path)
    monkeypatch.setattr(in_memory, "ROOM", 0)
    return tmp_path


@pytest.fixture
def other(memory):
    """Another process that has a folder there, and the folder."""
    command = [sys.executable, "-c", SCRIPT, os.path.dirname(in_memory.__file__)]
    with subprocess.Popen(
        [*command, memory], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        made = process.stdout.readline().strip()
        os.utime(made, (0, 0))
        yield process, made
        process.kill()


def test_a_folder_in_use_is_kept(memory, other):
    _, theirs = other

    assert in_memory.folder(None).is_dir()
    assert os.path.isdir(theirs)


def test_what_a_killed_process_left_is_removed(memory, other):
    process, theirs = other
    process.kill()
    process.wait()

    assert in_memory.folder(None).is_dir()
    assert not os.path.exists(theirs)


def test_a_process_that_ends_leaves_nothing(other):
    process, theirs = other
    process.communicate("\n")

    assert not os.path.exists(theirs)


def test_without_room_it_is_another_folder(memory, monkeypatch):
    monkeypatch.setattr(in_memory, "ROOM", 2**60)

    assert in_memory.folder("on disk") == "on disk"
    assert list(memory.iterdir()) == []
