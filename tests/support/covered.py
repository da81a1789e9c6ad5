"""The lines of the product that the tests run, measured with SlipCover.

``make test`` sets :data:`FOLDER`, where each process of the tests writes its lines.
What runs in other processes (workers, the App's server, processes that are killed) is
not counted.
"""

import collections
import json
import os
import pathlib
import tempfile

from dev import release

FOLDER = "DUPLICATES_TESTS_COVERED"
"""The variable with the folder of the measurements; "1" stands for a new one."""

PACKAGES = ("iou_core", "labels", "operators", "panel")
LOW = 80  # percent
# Ray sends the code of this module to its workers, which cannot hold SlipCover's probes
NOT_MEASURED = "labels/jobs/ray_task.py"


def name_of(path):
    """Returns the name of a file of the product, wherever it is copied to.

    Args:
        path: an absolute path

    Returns:
        a text such as ``"labels/store.py"``; None for all other files
    """
    path = pathlib.Path(path)
    for root in (release.ROOT, *path.parents):
        is_copy = root.name == "duplicates" and root.parent.name == "plugins"
        if (root == release.ROOT or is_copy) and path.is_relative_to(root):
            name = path.relative_to(root).as_posix()
            return name if is_of_product(name) else None
    return None


def is_of_product(name):
    package, slash, _ = name.partition("/")
    return bool(slash) and package in PACKAGES and name.endswith(".py")


def start():
    """Begins to measure what is imported from now on.

    Returns:
        a function that writes the lines that were run
    """
    import slipcover
    from slipcover.importer import ImportManager

    class Product:
        def matches(self, path):
            name = name_of(path)
            return name is not None and name != NOT_MEASURED

    if os.environ[FOLDER] == "1":
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="duplicates-covered-")
    measured = slipcover.Slipcover()
    ImportManager(measured, Product()).__enter__()

    def write():
        content = {
            path: found["executed_lines"]
            for path, found in measured.get_coverage()["files"].items()
        }
        target = pathlib.Path(os.environ[FOLDER], f"{os.getpid()}.json")
        target.write_text(json.dumps(content), encoding="utf-8")

    return write


def lines_of(path):
    """Returns the numbers of the lines of a file that hold code, as a set."""
    from slipcover import Slipcover

    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    return {line for line in Slipcover.lines_from_code(code) if line}


def shares(folder, root=release.ROOT):
    """Returns how many lines of each file were run in any process, and how many it has.

    Args:
        folder: the folder of the measurements
        root: the folder of the product

    Returns:
        a dict of ``(run, all)`` by name, files that were never imported included
    """
    run = collections.defaultdict(set)
    for measured in pathlib.Path(folder).glob("*.json"):
        for path, lines in json.loads(measured.read_text(encoding="utf-8")).items():
            run[name_of(pathlib.Path(release.ROOT, path))].update(lines)
    found = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            lines = lines_of(path)
            if lines and name != NOT_MEASURED:
                found[name] = len(lines & run[name]), len(lines)
    return found


def report(found):
    """Returns the lines of the report: the packages, the total, and what is low.

    Args:
        found: a result of :func:`shares`
    """
    groups = {
        name: [share for path, share in found.items() if path.startswith(f"{name}/")]
        for name in PACKAGES
    }
    rows = [*groups.items(), ("total", [*found.values()])]
    lines = [f"{name}: {_percent(_sum(shares))}" for name, shares in rows if shares]
    low = {
        name: share for name, share in found.items() if 100 * share[0] < LOW * share[1]
    }
    order = sorted(low, key=lambda name: low[name][0] / low[name][1])
    return [
        "lines of the product that the tests ran: " + ", ".join(lines),
        f"files below {LOW} %: {len(low) or 'none'}",
        *(f"  {name}: {_percent(low[name])}" for name in order),
    ]


def _sum(shares):
    return tuple(map(sum, zip(*shares)))


def _percent(share):
    run, lines = share
    return f"{100 * run / lines:.1f} % of {lines:,}"
