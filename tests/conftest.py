"""Sets up a separate FiftyOne before any test module imports it."""

import atexit
import collections
import gc
import importlib
import os
import pathlib
import shutil
import tempfile

import covered
import in_memory
import pytest
from hypothesis import settings

import duplicates_loader
from dev import environment, mongod, release

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="duplicates-tests-"))
# the caller's value, as the workers of pytest-xdist inherit the variables set below
EXTERNAL_URI = os.environ.setdefault(
    "DUPLICATES_TESTS_URI", os.environ.get("FIFTYONE_DATABASE_URI", "")
)
DATABASE_NAME = FOLDER.name
SERVER = mongod.Mongod(in_memory.folder(FOLDER) / "db")

# The same examples in every run, without a time limit; make test-full tries more, and
# make test FAST=1 fewer.
settings.register_profile("tests", deadline=None, derandomize=True, max_examples=30)
settings.register_profile("fast", settings.get_profile("tests"), max_examples=8)
settings.register_profile("full", settings.get_profile("tests"), max_examples=100)
settings.load_profile("tests")

# FiftyOne cleans up at exit and still needs the database then, so this cleanup uses
# atexit too (last in, first out) instead of a fixture's teardown.
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
environment.apply(
    environment.variables(FOLDER, EXTERNAL_URI or SERVER.uri, DATABASE_NAME)
)
# FiftyOne parses the manifests of all plugins at each call of an operator: a third of
# the tests' time. The tests of the App use the default, which is not to cache.
os.environ["FIFTYONE_PLUGINS_CACHE_ENABLED"] = "true"
WRITE_COVERED = covered.start() if os.environ.get(covered.FOLDER) else None
duplicates_loader.load()
# What is imported and collected is there for good. Searches for garbage in it take a
# quarter of the time until then, and a twentieth of that of the tests.
gc.disable()


def pytest_addoption(parser):
    parser.addoption(
        "--one-example",
        action="store_true",
        help="run one example of each parametrized test of the database",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Slow modules first, then the larger: no worker waits for another at the end."""
    _mark_others_than_samples(items)
    if config.getoption("--one-example"):
        _keep_one_example(config, items)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    sizes = collections.Counter(item.path for item in items)
    items.sort(key=lambda item: 0 if item.path in slow else 1 / sizes[item.path])


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


def pytest_sessionfinish():
    if WRITE_COVERED is not None:
        WRITE_COVERED()


def pytest_terminal_summary(terminalreporter):
    is_worker = hasattr(terminalreporter.config, "workerinput")
    if WRITE_COVERED is None or is_worker:
        return
    folder = os.environ[covered.FOLDER]
    for line in covered.report(covered.shares(folder)):
        terminalreporter.write_line(line)
    shutil.rmtree(folder)


def _mark_others_than_samples(items):
    """Marks as long what a test marked as sampled has beyond its number of examples."""
    examples = collections.defaultdict(list)
    for item in items:
        if item.get_closest_marker("sampled"):
            examples[item.nodeid.partition("[")[0]].append(item)
    for of_test in examples.values():
        (n,) = of_test[0].get_closest_marker("sampled").args
        evenly_spread = {k * len(of_test) // n for k in range(n)}
        for k, item in enumerate(of_test):
            if k not in evenly_spread:
                item.add_marker("long")


def _keep_one_example(config, items):
    met, kept, others = set(), [], []
    for item in items:
        function = item.nodeid.partition("[")[0]
        is_repeated = function in met and "database" in item.fixturenames
        (others if is_repeated else kept).append(item)
        met.add(function)
    items[:] = kept
    config.hook.pytest_deselected(items=others)


@pytest.fixture(scope="session")
def database():
    """The URI of a running MongoDB, with the plugin in FiftyOne's plugins folder."""
    release.copy(FOLDER / "plugins" / "duplicates")
    if EXTERNAL_URI:
        atexit.register(_drop_database, EXTERNAL_URI)
    else:
        atexit.register(SERVER.stop)
        SERVER.start()
    _store_no_times_of_loads()
    return EXTERNAL_URI or SERVER.uri


def _store_no_times_of_loads():
    """Lets loads of datasets take half the time, as in the App's server.

    After the import of FiftyOne, which would turn off the cache of held samples.
    """
    importlib.import_module("fiftyone")
    os.environ["FIFTYONE_SERVER"] = "1"


@pytest.fixture
def make_dataset(database):
    """A function that makes datasets, which are deleted after the test.

    ``make_dataset([[("cat", [0.1, 0.1, 0.2, 0.2], {"confidence": 0.9})], [], None])``
    has three samples: one label, no labels, and no value at all. A label is
    ``(class, box)`` or ``(class, box, attributes)``.
    """
    import datasets

    made = []

    def make(samples, label_field="ground_truth", is_of_images=None, **schema):
        made.append(datasets.make(samples, label_field, is_of_images, **schema))
        return made[-1]

    yield make
    for dataset in made:
        if not dataset.deleted:
            dataset.delete()


@pytest.fixture
def draw(database, tmp_path):
    """A function that makes a dataset of one kind of label, deleted after the test."""
    import drawn

    made = []

    def make(name, **options):
        case = drawn.CASES[name]
        made.append(drawn.dataset(case, folder=str(tmp_path), **options))
        return made[-1]

    yield make
    for dataset in made:
        dataset.delete()


@pytest.fixture
def cvat(monkeypatch):
    """A CVAT server whose address and account are in the environment."""
    import cvat_server

    with cvat_server.Server("secret-user", "Pa55word-kept-secret") as server:
        monkeypatch.setenv("FIFTYONE_CVAT_URL", server.url)
        monkeypatch.setenv("FIFTYONE_CVAT_USERNAME", server.username)
        monkeypatch.setenv("FIFTYONE_CVAT_PASSWORD", server.password)
        yield server


@pytest.fixture
def no_verdicts_of_others(database):
    """Deletes the verdicts of a test, as verdicts apply to all datasets."""
    from duplicates.labels import store

    yield
    store.collection("verdicts").delete_many({})


@pytest.fixture(scope="session")
def shared_data():
    """The folder of real annotations next to the repository; skips without it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real annotations of ../shared/data are not on this machine")
    return folder


def _drop_database(uri):
    import pymongo

    with pymongo.MongoClient(uri) as client:
        client.drop_database(DATABASE_NAME)
