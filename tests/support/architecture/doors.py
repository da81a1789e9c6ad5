"""A check of the source for calls that open files or inflate bytes."""

import ast
import pathlib

FOLDERS = ("iou_core", "labels", "operators", "panel")

OPENS = {
    "open",
    "fopen",
    "fdopen",
    "read_bytes",
    "read_text",
    "urlopen",
    "getsize",
    "imread",
    "imdecode",
    "VideoCapture",
    "get_mask",
    "import_mask",
    "deserialize_numpy_array",
    "decompress",
    "decompressobj",
    "fromfile",
    "memmap",
    "loadtxt",
    "genfromtxt",
    "np.load",
}
"""Names of functions that open files, inflate bytes, or make FiftyOne do so."""

DOOR = "labels/media/"
"""The only package that may call them."""

WRITER = "labels/files.py"
"""The only module that writes files; it reads none."""

BESIDES = {
    "labels/jobs/process_pool.py": {"os.fdopen"},
    "labels/jobs/process_identity.py": {"boot.read_text"},
    "labels/tables.py": {"target.open"},
    "labels/jobs/engines.py": {"engine.open"},
    "labels/scans/search.py": {"engine.open"},
    "labels/edits/max_iou.py": {"engine.open"},
    "labels/edits/tag.py": {"engine.open"},
    "labels/scans/incremental.py": {"self._before.open"},
}
"""Calls of these names that open no file of a dataset."""


def violations(name, source):
    """Returns the calls of a module that open a file or inflate bytes.

    Args:
        name: its path in the plugin
        source: its text

    Returns:
        a list of sentences; empty if there are no violations
    """
    if name.startswith(DOOR) or name == WRITER:
        return []
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Attribute, ast.Name)):
            text = ast.unparse(node)
            last = text.rpartition(".")[2]
            if not OPENS & {last, text} or text in BESIDES.get(name, ()):
                continue
            found.append(f"{name}:{node.lineno}: uses {text}")
        elif isinstance(node, ast.ImportFrom):
            found += [
                f"{name}:{node.lineno}: imports {alias.name}"
                for alias in node.names
                if alias.name in OPENS
            ]
    return found


def check(root):
    """Returns the violations of all modules of the plugin."""
    return [
        fault
        for folder in FOLDERS
        for path in sorted(pathlib.Path(root, folder).rglob("*.py"))
        for fault in violations(path.relative_to(root).as_posix(), path.read_text())
    ]
