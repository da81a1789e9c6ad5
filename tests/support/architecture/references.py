"""A check of the references in docstrings, such as ``:mod:`re```."""

import ast
import pathlib
import pydoc
import re

FOLDERS = ("iou_core", "labels", "operators", "panel", "dev", "benchmarks", "tests")
REFERENCE = re.compile(r":(?:mod|class|func|data|meth|attr|exc):`~?([^`]+)`")


def check(root):
    """Returns the broken references of all modules of the repository."""
    paths = [path for top in FOLDERS for path in pathlib.Path(root, top).rglob("*.py")]
    return broken({p.relative_to(root).as_posix(): p.read_text() for p in paths})


def broken(sources):
    """Returns the references to names that are not defined.

    A name with leading dots is relative, as in an import statement. Any other name is
    one that its module defines or imports, or a full name, which may also be one of
    the standard library or of an installed package.

    Args:
        sources: a dict of paths, as ``labels/reading/read.py``, to texts

    Returns:
        a list of sentences; empty if every reference is right
    """
    trees = {path: ast.parse(text) for path, text in sources.items()}
    known = {_module(path) for path in trees}
    for path, tree in trees.items():
        known |= {f"{_module(path)}.{name}" for name in _defined(tree)}
    return [
        f"{path}: {reference}"
        for path, tree in trees.items()
        if REFERENCE.search(sources[path])
        for reference in _references(tree)
        if not any(_exists(n, known) for n in _full_names(reference, path, tree))
    ]


def _references(tree):
    """Yields the references in docstrings."""
    for node in ast.walk(tree):
        text = getattr(getattr(node, "value", None), "value", None)
        if isinstance(node, ast.Expr) and isinstance(text, str):
            yield from REFERENCE.findall(text)


def _defined(scope):
    """Yields the names of a module or class, and ``Class.name`` of its classes."""
    for node in ast.walk(scope) if isinstance(scope, ast.ClassDef) else scope.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        if isinstance(node, ast.ClassDef) and node is not scope:
            yield from (f"{node.name}.{name}" for name in _defined(node))
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            parts = getattr(target, "elts", [target])
            yield from (getattr(p, "id", getattr(p, "attr", None)) for p in parts)


def _full_names(reference, path, tree):
    """Yields the full names that a reference may stand for."""
    if reference.startswith("."):
        yield _absolute(reference, path)
        return
    module = _module(path)
    yield from (reference, f"{module}.{reference}")
    first, *rest = reference.split(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield f"{module}.{node.name}.{reference}"
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            parts = filter(None, [getattr(node, "module", None)])
            for alias in node.names:
                if first == (alias.asname or alias.name):
                    name = ".".join([*parts, alias.name, *rest])
                    yield _absolute("." * getattr(node, "level", 0) + name, path)


def _absolute(name, path):
    """Returns the full name of a name that may begin with dots."""
    plain = name.lstrip(".")
    dots = len(name) - len(plain)
    folders = pathlib.Path(path).parent.parts
    return ".".join([*folders[: len(folders) + 1 - dots], plain]) if dots else plain


def _module(path):
    """Returns the name of the module of a file."""
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def _exists(name, known):
    """Returns whether a full name is defined, here or in an installed package."""
    name = name.removeprefix("duplicates.")
    is_ours = name.partition(".")[0] in FOLDERS
    return name in known or (not is_ours and pydoc.locate(name) is not None)
