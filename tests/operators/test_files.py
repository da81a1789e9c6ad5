"""Files are written completely or not at all, and by the App only if allowed."""

import ast
import asyncio
import json
import os
import resource
import stat
import threading

import app_server
import fiftyone.operators as foo
import pytest
from fiftyone.operators.executor import ExecutionError

from dev import release
from duplicates.iou_core.errors import ParamsError
from duplicates.labels import files

BOX = [0.1, 0.1, 0.4, 0.4]
ODD = ["a\0.csv", "\ud800.csv", "a" * 300 + ".csv", "\udcff\ud800.csv"]


@pytest.fixture
def dataset(make_dataset):
    dataset = make_dataset([[("car", BOX), ("truck", BOX)]])
    call("find_duplicates", dataset, label_field="ground_truth", scan_key="scan")
    return dataset


@pytest.fixture
def exports(tmp_path, monkeypatch):
    folder = tmp_path / "exports"
    folder.mkdir()
    monkeypatch.setenv(files.EXPORT_DIR, str(folder))
    return folder


def call(name, dataset, **params):
    return foo.get_operator(f"@iou/duplicates/{name}")(dataset, **params).result


def text_in(path, text="whole", from_python=True, **options):
    with files.Target(str(path), from_python, **options).open() as file:
        file.write(text)


def test_python_writes_to_any_path_and_to_a_pathlib_path(dataset, tmp_path):
    wanted = tmp_path / "pairs.csv"
    assert call("list_pairs", dataset, scan_key="scan", path=wanted)["count"] == 1
    assert wanted.read_text().count("\n") == 2
    for name in ("list_class_pairs", "list_pairs"):
        call(name, dataset, scan_key="scan", path=str(tmp_path / f"{name}.json"))
    call("export_journal", dataset, path=tmp_path / "journal.json")
    assert json.loads((tmp_path / "list_class_pairs.json").read_text())
    assert len(list(tmp_path.iterdir())) == 4, "a temporary file remains"


def test_a_notebook_is_a_python_caller(dataset, tmp_path):
    async def cell():
        operator = foo.get_operator("@iou/duplicates/export_journal")
        return await operator(dataset, path=tmp_path / "journal.csv")

    asyncio.run(cell())
    assert (tmp_path / "journal.csv").is_file()


def test_an_existing_file_is_replaced_only_on_request(dataset, tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("mine")
    path.chmod(0o640)
    with pytest.raises(ExecutionError, match="overwrite=True"):
        call("list_pairs", dataset, scan_key="scan", path=path)
    assert path.read_text() == "mine"

    call("list_pairs", dataset, scan_key="scan", path=path, overwrite=True)
    assert path.read_text().startswith("sample_id")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("overwrite", [False, True])
def test_nothing_is_written_through_a_link(tmp_path, overwrite):
    secret = tmp_path / "bashrc"
    secret.write_text("mine")
    for name, aim in (("l.csv", secret), ("dangling.csv", tmp_path / "new")):
        (tmp_path / name).symlink_to(aim)
        with pytest.raises(ParamsError, match="a link"):
            text_in(tmp_path / name, overwrite=overwrite)
    assert secret.read_text() == "mine"
    assert not (tmp_path / "new").exists()


@pytest.mark.timeout(20)
def test_a_fifo_a_folder_or_a_device_is_an_error_at_once(tmp_path):
    os.mkfifo(tmp_path / "f.csv")
    (tmp_path / "d.csv").mkdir()
    for path in (tmp_path / "f.csv", tmp_path / "d.csv", "/dev/null", tmp_path / ".."):
        with pytest.raises(ParamsError):
            text_in(path, overwrite=True)


@pytest.mark.parametrize("existing", [None, "mine"])
def test_a_full_disk_keeps_the_old_file_and_leaves_no_partial_file(tmp_path, existing):
    path = tmp_path / "pairs.csv"
    if existing:
        path.write_text(existing)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(ParamsError, match=r"can be written, got .*large"):
            text_in(path, "x" * 1_000_000, overwrite=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [p.read_text() for p in tmp_path.iterdir()] == ([existing] * bool(existing))


def test_rows_that_fail_midway_leave_no_partial_file(tmp_path):
    def fail():
        with files.Target(str(tmp_path / "pairs.csv"), True).open() as file:
            file.write("half")
            raise KeyError("a row")

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_file_appears_only_when_it_is_complete(tmp_path):
    path = tmp_path / "pairs.csv"
    with files.Target(str(path), True).open() as file:
        file.write("half" * 100_000)
        assert not path.exists()
    assert path.stat().st_size == 400_000


def test_only_one_of_several_writers_creates_a_file(tmp_path):
    ready, errors = threading.Barrier(8), []

    def write(k):
        try:
            with files.Target(str(tmp_path / "a.csv"), True).open() as file:
                file.write(str(k) * 1000)
                ready.wait()
        except ParamsError as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(errors) == 7
    assert len(set((tmp_path / "a.csv").read_text())) == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("path", ODD)
@pytest.mark.parametrize("from_python", [True, False])
def test_an_impossible_path_is_reported_in_one_sentence(exports, path, from_python):
    with pytest.raises(ParamsError):
        text_in(path, from_python=from_python)
    assert list(exports.iterdir()) == []


def test_a_file_that_appears_during_the_write_is_not_replaced(tmp_path):
    def write():
        with files.Target(str(tmp_path / "a.csv"), True).open() as file:
            file.write("late")
            (tmp_path / "a.csv").write_text("early")

    with pytest.raises(ParamsError, match="one that exists"):
        write()
    assert [p.read_text() for p in tmp_path.iterdir()] == ["early"]


def test_files_can_be_written_without_hard_links(tmp_path, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    text_in(tmp_path / "a.csv")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["whole"]


def test_the_server_writes_no_files_unless_a_folder_is_set(dataset, tmp_path):
    path = str(tmp_path / "pairs.csv")
    for name in ("list_pairs", "list_class_pairs", "export_journal"):
        key = {} if name == "export_journal" else {"scan_key": "scan"}
        reply = app_server.execute(name, dataset, path=path, **key)
        assert files.EXPORT_DIR in reply
        with pytest.raises(ExecutionError, match=files.EXPORT_DIR):
            foo.execute_operator(
                f"@iou/duplicates/{name}",
                {"dataset": dataset},
                params={"path": path, **key},
            )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("token", [True, {}, {"py/object": "_Python"}, "python"])
def test_a_request_cannot_pose_as_a_python_caller(dataset, tmp_path, token):
    path = str(tmp_path / "journal.csv")
    more = {"iou_duplicates_caller": token}
    reply = app_server.execute("export_journal", dataset, more, path=path)
    assert files.EXPORT_DIR in reply
    assert list(tmp_path.iterdir()) == []


def test_the_server_writes_inside_the_given_folder(dataset, exports):
    (exports / "sub").mkdir()
    for path in ("a.csv", "sub/a.json", str(exports / "b.csv")):
        reply = json.loads(app_server.execute("export_journal", dataset, path=path))
        assert reply["result"]["path"] == path
        assert (exports / path).is_file()
    reply = app_server.execute("export_journal", dataset, path="a.csv")
    assert "overwrite=True" in reply


def test_the_server_writes_nowhere_else(dataset, exports, tmp_path):
    (exports / "out").symlink_to(tmp_path)
    (exports / "l.csv").symlink_to(tmp_path / "secret.csv")
    before = sorted(tmp_path.rglob("*"))
    for path in (
        "../a.csv",
        "out/a.csv",
        "l.csv",
        "sub/../../a.csv",
        "missing/a.csv",
        str(tmp_path / "a.csv"),
        str(exports) + "x/a.csv",
        f"{exports}/../a.csv",
    ):
        reply = app_server.execute("export_journal", dataset, path=path, overwrite=True)
        assert "path: expected" in reply, path
    assert sorted(tmp_path.rglob("*")) == before


def test_replacing_a_folder_with_a_link_does_not_redirect_the_write(exports, tmp_path):
    elsewhere, sub = tmp_path / "elsewhere", exports / "sub"
    elsewhere.mkdir()
    sub.mkdir()
    target = files.Target("sub/a.csv", False)
    with target.open() as file:
        file.write("whole")
        sub.rename(exports / "moved")
        sub.symlink_to(elsewhere)
    assert (exports / "moved" / "a.csv").read_text() == "whole"
    with pytest.raises(ParamsError), target.open() as file:
        file.write("again")
    assert list(elsewhere.iterdir()) == []


def test_one_module_of_the_plugin_writes_files_and_one_reads_them():
    reads = (release.ROOT / "labels/media/files.py").read_text()
    assert [flag for flag in ("O_WRONLY", "O_RDWR", "O_CREAT") if flag in reads] == []
    found = [
        f"{path}:{node.lineno}"
        for path in release.files()
        if path.suffix == ".py" and path.as_posix() not in _DOORS
        for node in ast.walk(ast.parse((release.ROOT / path).read_text()))
        if (isinstance(node, ast.Call) and ast.unparse(node.func) in _OPENERS)
        or (isinstance(node, ast.Attribute) and node.attr in _WRITERS)
    ]
    assert found == []


_DOORS = {"labels/files.py", "labels/media/files.py"}
_OPENERS = {"open", "io.open", "os.open", "Path.open", "gzip.open"}
_WRITERS = {"write_text", "write_bytes", "mkstemp", "NamedTemporaryFile", "tofile"}
