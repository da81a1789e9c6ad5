"""A release contains the whole plugin and nothing else."""

import ast
import io
import pathlib
import subprocess
import sys
import tarfile
import zipfile

import pytest

from dev import release

ALLOWED_ROOTS = {"iou_core", "labels", "operators", "panel", "skills"}


def test_every_module_of_the_plugin_is_in_a_release():
    packages = ("iou_core", "labels", "operators", "panel")
    modules = {
        path.relative_to(release.ROOT)
        for package in packages
        for path in (release.ROOT / package).rglob("*.py")
    }

    assert modules <= set(release.files())
    assert pathlib.PurePath("panel/report/template.html") in release.files()


def test_a_release_contains_no_tests_bundle_sources_or_tools():
    folders = {path.parts[0] for path in release.files() if len(path.parts) > 1}
    panel = [path for path in release.files() if path.parts[0] == "panel"]

    assert folders <= ALLOWED_ROOTS
    assert not any({"src", "node_modules"} & set(path.parts) for path in panel)
    assert not any("__pycache__" in path.parts for path in release.files())


def test_copying_again_removes_files_that_left_the_release(tmp_path):
    folder = tmp_path / "duplicates"
    release.copy(folder)
    (folder / "leftover.py").touch()
    release.copy(folder)

    copied = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    assert copied == release.files()


def test_the_archive_has_the_release_in_one_folder(tmp_path):
    archive = tmp_path / "out" / "duplicates.zip"
    script = release.ROOT / "dev" / "release.py"
    subprocess.run([sys.executable, script, "--zip", archive], check=True)

    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
    assert names == [f"duplicates/{path.as_posix()}" for path in release.files()]


LOAD = """
import importlib.util, sys
name = "@iou.duplicates"
spec = importlib.util.spec_from_file_location(name, sys.argv[1] + "/__init__.py")
sys.modules[name] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
registered = []
module.register(type("Plugin", (), {"register": staticmethod(registered.append)}))
print(len(registered))
"""


@pytest.mark.slow
def test_the_plugin_is_loaded_under_the_name_that_older_releases_give_it(
    tmp_path, database
):
    """FiftyOne 1.10 names it after its folder, so that its parent is no package."""
    from duplicates.operators import OPERATORS
    from duplicates.panel import PANELS

    folder = release.install(tmp_path)
    command = [sys.executable, "-c", LOAD, str(folder)]
    output = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    ).stdout
    assert output == f"{len(OPERATORS) + len(PANELS)}\n"


def test_archives_of_git_and_github_equal_a_release():
    if not (release.ROOT / ".git").exists():
        pytest.skip("not a git clone")

    def git(*words):
        command = ["git", "-C", release.ROOT, *words]
        return subprocess.run(command, check=True, capture_output=True).stdout

    tree = git("write-tree").decode().strip()
    data = io.BytesIO(git("archive", "--worktree-attributes", tree))
    with tarfile.open(fileobj=data) as archive:
        archived = {m.name for m in archive.getmembers() if not m.isdir()}
    tracked = set(git("ls-files", "-z").decode().split("\0"))
    released = {path.as_posix() for path in release.files()}
    assert archived == released & tracked
    assert "panel/dist/index.umd.js" in archived


def test_a_release_is_small():
    size = sum((release.ROOT / path).stat().st_size for path in release.files())
    assert size < 3_000_000


def test_installing_uses_the_folder_of_fiftyones_download(tmp_path):
    folder = release.install(tmp_path)
    assert folder == tmp_path / "@iou" / "duplicates"
    (folder / "leftover.py").touch()
    assert release.install(tmp_path) == folder
    copied = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    assert copied == release.files()
    assert release.installed(tmp_path) == [folder]


def test_installing_replaces_a_link_and_keeps_its_target(tmp_path):
    clone, plugins = tmp_path / "clone", tmp_path / "plugins"
    release.copy(clone)
    (clone / ".env").write_text("SECRET=1")
    (plugins / "@iou").mkdir(parents=True)
    (plugins / release.NAME).symlink_to(clone)
    folder = release.install(plugins)
    assert not folder.is_symlink()
    assert not (folder / ".env").exists()
    assert (clone / ".env").exists()


def test_installing_beside_a_copy_or_over_another_folder_is_an_error(tmp_path):
    (tmp_path / "mine").symlink_to(release.ROOT)
    with pytest.raises(release.InstallError, match="mine is another copy"):
        release.install(tmp_path)
    (tmp_path / "mine").unlink()
    (tmp_path / release.NAME).mkdir(parents=True)
    (tmp_path / release.NAME / "notes.txt").write_text("mine")
    with pytest.raises(release.InstallError, match="is not the plugin"):
        release.install(tmp_path)
    assert (tmp_path / release.NAME / "notes.txt").exists()


def test_make_installs_into_the_given_folder(tmp_path):
    command = ["make", "-s", "-C", release.ROOT, "install", f"PLUGINS_DIR={tmp_path}"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert f"{len(release.files())} files" in output
    assert release.installed(tmp_path) == [pathlib.Path(tmp_path, release.NAME)]


def test_manifests_of_other_plugins_may_be_in_any_encoding(tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "fiftyone.yml").write_bytes(b'name: "other"\nlabel: "Gr\xfc\xdfe \x81"\n')
    folder = release.install(tmp_path)
    assert release.installed(tmp_path) == [folder]


def test_a_failed_installation_prints_one_sentence(tmp_path):
    script = [sys.executable, release.ROOT / "dev" / "release.py", "--install"]
    env = {"PATH": str(tmp_path)}
    output = subprocess.run(
        script, env=env, check=False, capture_output=True, text=True
    )
    assert output.returncode == 1
    assert output.stderr.count("\n") == 1
    assert "PLUGINS_DIR" in output.stderr


# what Windows does not have, of all that Python has elsewhere
LACKING = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "termios"}
LACKING_IN = {
    "os": {"fork", "forkpty", "getuid", "geteuid", "kill", "killpg", "mkfifo", "nice"}
    | {"setsid", "sched_getaffinity", "sysconf", "uname", "wait3", "wait4", "chown"},
    "signal": {"SIGKILL", "SIGALRM", "SIGHUP", "SIGCHLD", "SIGUSR1", "alarm"},
    "select": {"select", "poll", "epoll"},
    "socket": {"AF_UNIX", "socketpair"},
}


def python_files():
    modules = [path for path in release.files() if path.suffix == ".py"]
    modules += [*(release.ROOT / "dev").rglob("*.py")]
    return [release.ROOT / path for path in modules]


def test_the_plugin_and_the_demo_use_nothing_that_windows_lacks():
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not LACKING & {alias.name for alias in node.names}, path
            elif isinstance(node, ast.ImportFrom):
                assert node.module not in LACKING, path
                names = {alias.name for alias in node.names}
                assert not names & LACKING_IN.get(node.module, set()), path
            elif isinstance(node, ast.Attribute):
                owner = getattr(node.value, "id", None)
                assert node.attr not in LACKING_IN.get(owner, set()), (path, node.attr)


def test_text_files_are_read_and_written_in_a_named_encoding():
    """The default encoding of Windows lacks most characters."""
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            named = {keyword.arg for keyword in node.keywords}
            if name in {"read_text", "write_text"}:
                assert "encoding" in named, f"{path}:{node.lineno}"
