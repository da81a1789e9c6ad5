"""Files that the plugin writes.

A file is written under another name and renamed when it is complete, so that readers
never see half a table. It is never written through a link, nor to a FIFO, a device or a
folder, and replaces another file only on request.

Python code in this process may write anywhere. A request to the App's server, which
has no login, may write only inside the folder that :data:`EXPORT_DIR` names.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ..iou_core.errors import ParamsError

EXPORT_DIR = "DUPLICATES_EXPORT_DIR"
"""The environment variable that names the folder for files from the App's server."""

_BY_FOLDER = {os.open, os.stat, os.unlink, os.rename} <= os.supports_dir_fd
_NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}
_FOLDER = getattr(os, "O_DIRECTORY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | getattr(os, "O_BINARY", 0)


class Target:
    """A file that may be written.

    Args:
        path: relative to the current folder; if the caller is not Python code, inside
            :data:`EXPORT_DIR`
        from_python: whether the caller is Python code in this process
        overwrite (False): whether to replace a file that exists

    Raises:
        ParamsError: if the path cannot be that of a file, or may not be written
    """

    def __init__(self, path: object, from_python: bool, overwrite: Any = False) -> None:
        if overwrite not in (None, False, True):
            raise ParamsError("True or False", repr(overwrite), "overwrite")
        self.path = _require_text(path)
        self._overwrite = overwrite is True
        if from_python:
            whole = Path(self.path)
            self._root, self._parts = whole.parent, (whole.name,)
        else:
            self._root, self._parts = _exported(self.path)
        if not self._parts[-1]:
            raise self._refuse("the path of a file", "a folder")
        with _sentences(self), self._folder() as folder:
            self._mode(folder)

    @contextmanager
    def open(self) -> Iterator[IO[str]]:
        """Opens the file to write text; it appears when the body ends without an error.

        Raises:
            ParamsError: if it cannot be written. An earlier file is kept then
        """
        with _sentences(self), self._folder() as folder:
            part = folder.name(f".duplicates-{secrets.token_hex(8)}.part")
            handle = os.open(part, _NEW, 0o666, dir_fd=folder.handle)
            try:
                with open(handle, "w", encoding="utf-8", newline="") as file:
                    yield file
                    file.flush()
                    os.fsync(handle)
                self._publish(folder, part)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(part, dir_fd=folder.handle)
                raise

    def _publish(self, folder: _Folder, part: str) -> None:
        mode, name = self._mode(folder), folder.name(self._parts[-1])
        here = {"src_dir_fd": folder.handle, "dst_dir_fd": folder.handle}
        if mode is not None:
            os.chmod(part, mode, dir_fd=folder.handle)
            os.replace(part, name, **here)
            return
        # both ways fail if another writer took the name in between
        try:
            os.link(part, name, follow_symlinks=False, **here)
            os.unlink(part, dir_fd=folder.handle)
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            os.close(os.open(name, _NEW, 0o666, dir_fd=folder.handle))
            os.replace(part, name, **here)

    def _mode(self, folder: _Folder) -> int | None:
        """Returns the permissions of the file to replace; None if there is none."""
        name = folder.name(self._parts[-1])
        try:
            found = os.stat(name, dir_fd=folder.handle, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(found):
            kind = "a link" if stat.S_ISLNK(found) else "a folder or a special file"
            raise self._refuse("a regular file, or a new one", kind)
        if not self._overwrite:
            raise self._refuse("a new file, or overwrite=True", "one that exists")
        return found & 0o777

    @contextmanager
    def _folder(self) -> Iterator[_Folder]:
        """Opens the folder that holds the file, without following links below root."""
        folders = self._parts[:-1]
        with ExitStack() as opened:
            if not _BY_FOLDER:
                inside = self._root.joinpath(*folders)
                if inside.resolve() != self._root.resolve().joinpath(*folders):
                    raise self._refuse("a path without links", "a link")
                yield _Folder(inside, None)
                return
            handle = os.open(self._root, os.O_RDONLY | _FOLDER)
            opened.callback(os.close, handle)
            for name in folders:
                flags = os.O_RDONLY | _FOLDER | _NO_LINK
                handle = os.open(name, flags, dir_fd=handle)
                opened.callback(os.close, handle)
            yield _Folder(None, handle)

    def _refuse(self, expected: str, got: str) -> ParamsError:
        return ParamsError(expected, f"{self.path!r} ({got})", "path")


class _Folder:
    """An open folder, or its path on systems that cannot open folders."""

    def __init__(self, path: Path | None, handle: int | None) -> None:
        self.handle = handle
        self._path = path

    def name(self, name: str) -> str:
        return name if self._path is None else str(self._path / name)


def _require_text(path: object) -> str:
    if not isinstance(path, str):
        raise ParamsError("the path of a file", repr(path), "path")
    try:
        encoded = os.fsencode(path)
    except UnicodeEncodeError:
        encoded = b"\0"
    if b"\0" in encoded:
        raise ParamsError("a path that a file can have", repr(path), "path")
    return path


def _exported(path: str) -> tuple[Path, tuple[str, ...]]:
    """Returns the folder for the server's files, and the parts of the path in it."""
    named = os.environ.get(EXPORT_DIR)
    if not named:
        raise ParamsError(
            f"{EXPORT_DIR} in the environment of the App's server, the only folder "
            "where it writes files (the panel's Export menu downloads the same tables)",
            repr(path),
            "path",
        )
    root = Path(os.path.abspath(named))
    inside = os.path.normpath(root / path)
    parts = Path(inside).relative_to(root).parts if _is_in(inside, root) else ()
    if not parts or ".." in Path(path).parts:
        raise ParamsError(f"a path inside {EXPORT_DIR}", repr(path), "path")
    return root, parts


def _is_in(path: str, folder: Path) -> bool:
    return Path(path).is_relative_to(folder)


@contextmanager
def _sentences(target: Target) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ParamsError(
            "a file that can be written", f"{target.path!r} ({error.strerror})", "path"
        ) from None
