"""The allowed directions of imports, and a check of the source."""

import ast
import pathlib
import sys

FLOORS = (
    "iou_core.errors iou_core.cancellation",
    "iou_core.arrays iou_core.flags iou_core.keep_rule iou_core.values",
    "iou_core.pairs",
    "iou_core.clues",
    "iou_core.params",
    "iou_core.geometry.boxes",
    "iou_core.geometry",
    "iou_core.geometry.polygons iou_core.geometry.cuboids",
    "iou_core.geometry.masks",
    "iou_core.overlaps",
    "iou_core.decisions.reasons",
    "iou_core.decisions.likelihood",
    "iou_core.decisions",
    "iou_core",
    "labels.fields labels.media labels.files labels.plurals",
    "labels.store",
    "labels.tables",
    "labels.reading.raw",
    "labels.reading.columns",
    "labels.reading.kinds",
    "labels.reading",
    "labels.jobs",
    "labels.scans.blocks",
    "labels.scans.decisions labels.scans.scan_words",
    "labels.scans.register",
    "labels.scans.stored",
    "labels.scans.recount",
    "labels.scans.summary labels.scans.largest_overlaps labels.scans.tally",
    "labels.scans.config",
    "labels.scans.freshness",
    "labels.scans.incremental",
    "labels.scans.search",
    "labels.scans.plans",
    "labels.scans",
    "labels.remains",
    "labels.edits.journal",
    "labels.edits.merging",
    "labels.edits.writing",
    "labels.edits.confirm",
    "labels.edits.change labels.edits.tagged",
    "labels.edits.apply labels.edits.retagging",
    "labels.edits.computed labels.edits.tag labels.edits.merge",
    "labels.edits.max_iou labels.edits.delete labels.edits.restore",
    "labels.review.class_text labels.review.graph",
    "labels.review.judging",
    "labels.review.exchange labels.review.expected labels.review labels.edits",
    "labels.worker",
    "labels.cvat.shapes",
    "labels.cvat.server",
    "labels.cvat.trips",
    "labels.cvat.send labels.cvat.load",
    "labels",
    "operators",
    "panel.requests",
    "panel.slices panel.stored_labels",
    "panel.pictures panel.dataset",
    "panel.plan_answers panel.jobs panel.own_view",
    "panel.report",
    "panel.messages",
    "panel",
    "__init__",
)
"""The rooms of the plugin from the lowest floor up, one line per floor.

A module belongs to the room whose name is the longest prefix of its name. It may
import from its own room and from lower floors, but not from others on its floor.
Every package is a room, so that no two packages import each other.
"""

OUTSIDE = {
    "iou_core": {"numpy", "shapely"},
    "labels": {"numpy", "fiftyone", "bson", "pymongo"},
    "labels.cvat": {"numpy", "fiftyone", "bson", "requests", "urllib3", "packaging"},
    "operators": {"fiftyone", "bson"},
    "panel": {"fiftyone", "bson", "numpy", "PIL", "jinja2"},
    "__init__": set(),
}
"""The packages that each package may import besides the standard library."""

BESIDES = {
    "labels.media.images": {"cv2", "PIL"},
    "labels.media.videos": {"cv2", "PIL"},
    "labels.jobs.process_identity": {"psutil"},
    "labels.jobs.ray_cluster": {"ray"},
    "panel.pictures.contours": {"cv2"},
    "panel.pictures.svg_paths": {"cv2"},
}
"""Further packages that single modules may import."""

FUTURE = "__future__"


def modules(root):
    """Returns the sources of the plugin's modules by name.

    Args:
        root: the folder of the plugin

    Returns:
        a dict of names, as ``labels.reading.read``, to sources
    """
    packages = sorted({room.partition(".")[0] for room in _FLOOR} - {"__init__"})
    found = {"__init__": pathlib.Path(root, "__init__.py").read_text()}
    for package in packages:
        for path in sorted(pathlib.Path(root, package).rglob("*.py")):
            name = path.relative_to(root).with_suffix("").as_posix()
            found[name.replace("/", ".").removesuffix(".__init__")] = path.read_text()
    return found


def violations(sources):
    """Returns the imports in the wrong direction, and the cycles.

    Args:
        sources: a dict, see :func:`modules`

    Returns:
        a list of sentences; empty if every import is allowed
    """
    graph, faults = {}, []
    for name, source in sources.items():
        package = _package(name, sources)
        graph[name] = set()
        for line, module, names, level in _imports(ast.parse(source)):
            if level == 0:
                fault = _outside(name, module)
                faults += [f"{name}:{line}: imports {fault}"] if fault else []
                continue
            if level > len(package) + 1:
                faults.append(f"{name}:{line}: imports from outside of the plugin")
                continue
            base = package[: len(package) + 1 - level]
            for target, private in _targets(base, module, names, sources):
                graph[name].add(target)
                fault = _inside(name, target, private)
                faults += [f"{name}:{line}: imports {fault}"] if fault else []
    return faults + [f"a cycle: {' → '.join(cycle)}" for cycle in _cycles(graph)]


_FLOOR = {room: n for n, line in enumerate(FLOORS) for room in line.split()}


def _room(name):
    """Returns the room of a module."""
    parts = name.split(".")
    names = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next(room for room in names if room in _FLOOR)


def _package(name, sources):
    """Returns the package that a module is in, or the package itself."""
    is_package = any(other.startswith(f"{name}.") for other in sources)
    parts = [] if name == "__init__" else name.split(".")
    return parts if is_package or not parts else parts[:-1]


def _imports(tree):
    """Yields ``(line, module, names, level)`` of import statements."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, [], 0
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            yield node.lineno, node.module or "", names, node.level
        elif isinstance(node, ast.Call):
            called = node.func
            name = getattr(called, "attr", getattr(called, "id", ""))
            if name in ("import_module", "__import__"):
                argument = node.args[0] if node.args else None
                is_text = isinstance(getattr(argument, "value", None), str)
                yield node.lineno, argument.value if is_text else "?", [], 0


def _targets(base, module, names, sources):
    """Yields the modules that an import refers to, and its private names."""
    full = [*base, *filter(None, module.split("."))]
    for name in names:
        as_module = ".".join([*full, name])
        target = as_module if as_module in sources else ".".join(full)
        parts = [*module.split("."), name]
        yield target, [part for part in parts if part.startswith("_")]


def _outside(name, module):
    """Returns what is wrong with an import by an absolute name, if anything."""
    top = module.partition(".")[0]
    parts = name.split(".")
    packages = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    allowed = next(OUTSIDE[p] for p in packages if p in OUTSIDE)
    if top in ("duplicates", *(room.partition(".")[0] for room in _FLOOR)):
        return f"{module}, not by a relative path"
    if top in allowed | BESIDES.get(name, set()) | {FUTURE}:
        return None
    return None if top in sys.stdlib_module_names else module


def _inside(name, target, private):
    """Returns what is wrong with an import of another module, if anything."""
    if private:
        return f"the private {', '.join(private)}"
    try:
        room, other = _room(name), _room(target)
    except StopIteration:
        return f"{target or 'the root'}, which is in no room"
    if room != other and _FLOOR[other] >= _FLOOR[room]:
        return f"{target}, which is not below {room}"
    return None


def _cycles(graph):
    """Yields each import cycle once."""
    done = set()
    for start in sorted(graph):
        way, stack = [], [(start, iter(sorted(graph[start])))]
        way.append(start)
        while stack:
            name, others = stack[-1]
            other = next(others, None)
            if other is None:
                done.add(name)
                stack.pop()
                way.pop()
            elif other in way:
                if other != name:
                    yield [*way[way.index(other) :], other]
            elif other in graph and other not in done:
                way.append(other)
                stack.append((other, iter(sorted(graph[other]))))
