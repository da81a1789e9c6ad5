"""Loads the folder of this file as the Python package ``duplicates``.

FiftyOne names the plugin's package after its manifest. Outside FiftyOne (tests,
benchmarks, worker processes) this is the one way to import it.

Usage: ``python duplicates_loader.py labels.worker``, a module that has a ``main``
"""

import importlib
import importlib.util
import pathlib
import sys

PACKAGE = "duplicates"


def load(root=None):
    """Returns the plugin's root package, importing it on the first call.

    Args:
        root (None): the folder of the plugin. By default, this file's folder

    Returns:
        the package ``duplicates``, also in ``sys.modules``
    """
    if PACKAGE in sys.modules:
        return sys.modules[PACKAGE]

    root = pathlib.Path(root or __file__).resolve()
    if root.is_file():
        root = root.parent

    spec = importlib.util.spec_from_file_location(
        PACKAGE,
        root / "__init__.py",
        submodule_search_locations=[str(root)],
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    return package


def load_module(name, root=None):
    """Returns a module of the package, importing it on the first call.

    Args:
        name: its name within the package, as "labels.scans.search"
        root (None): as for :func:`load`
    """
    return importlib.import_module(f"{load(root).__name__}.{name}")


if __name__ == "__main__":
    # the folder of this file, whose "labels" and "panel" are not packages by themselves
    sys.path.pop(0)
    load_module(sys.argv[1]).main()
