"""Which way imports may point, and a check that they do, by reading the source."""

import ast
import pathlib
import sys

LAYERS = {
    "iou_core": set(),
    "labels": {"iou_core"},
    "operators": {"iou_core", "labels"},
    "panel": {"iou_core", "labels", "operators"},
}
"""What each folder of the plugin may import of the others."""

OUTSIDE = {
    "iou_core": {"numpy", "shapely"},
    "labels": {"numpy", "fiftyone", "bson", "pymongo"},
    "labels/cvat": {"numpy", "fiftyone", "bson", "requests", "urllib3", "packaging"},
    "operators": {"fiftyone", "bson"},
    "panel": {"fiftyone", "bson", "numpy", "PIL"},
}
"""What each folder, and each room in one, may import besides the standard library."""

BESIDES = {
    "ray_engine.py": {"ray"},
    "media.py": {"PIL", "cv2"},
    "contours.py": {"cv2"},
}
"""What single modules may import besides: OpenCV, which FiftyOne brings, and what is
installed by those who want it."""

PRIVATE_OK = {"__future__"}


def violations(folder, source, name="module.py"):
    """Returns the imports of a module that point the wrong way.

    Args:
        folder: the folder of the plugin that the module is in, or a room in it, as
            ``labels/cvat``
        source: its text
        name: its name, to be told

    Returns:
        a list of sentences; empty when all is well
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        for module, names, level in _imports(node):
            fault = _fault(folder, module, names, level, BESIDES.get(name, set()))
            if fault:
                found.append(f"{folder}/{name}:{node.lineno}: {fault}")
    return found


def check(root):
    """Returns the violations of all modules of the plugin."""
    return [
        fault
        for folder in LAYERS
        for path in sorted(pathlib.Path(root, folder).rglob("*.py"))
        for fault in violations(
            path.parent.relative_to(root).as_posix(), path.read_text(), path.name
        )
    ]


def _imports(node):
    """Yields ``(module, names, level)`` of what a statement imports."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name, [], 0
    elif isinstance(node, ast.ImportFrom):
        yield node.module or "", [alias.name for alias in node.names], node.level
    elif isinstance(node, ast.Call):
        called = node.func
        name = getattr(called, "attr", getattr(called, "id", ""))
        if name in ("import_module", "__import__"):
            argument = node.args[0] if node.args else None
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value, [], 0
            else:
                yield "something made up at run time", [], 0


def _fault(folder, module, names, level, besides):
    layer, _, room = folder.partition("/")
    if room and level > 1:
        level -= 1  # one dot more leads out of the room
        if level == 1:
            return _private(module, names)
    top = module.partition(".")[0]
    if level == 0:
        if top == "duplicates" or top in LAYERS:
            return f"imports {module}, not by a relative path"
        if (
            top not in OUTSIDE[folder] | PRIVATE_OK | besides
            and top not in sys.stdlib_module_names
        ):
            return f"imports {module}"
        return None
    if level == 1:
        return _private(module, names) if module == "" else None
    if level == 2:
        others = [top] if top else names
        wrong = [other for other in others if other not in LAYERS[layer]]
        if wrong:
            return f"imports {', '.join(wrong)}"
        return _private(module, names)
    return "reaches out of the plugin"


def _private(module, names):
    private = [n for n in (*module.split("."), *names) if n.startswith("_")]
    return f"imports the private {', '.join(private)}" if private else None
