"""A user's own FiftyOne is neither read nor written, even while it runs."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from fiftyone.service.util import find_processes_by_args

from dev import mongod, release

pytestmark = pytest.mark.slow

SCENES = 12

# A FiftyOne as a user starts it. For each line of input it prints its databases.
USER = """
import hashlib, json, sys
import bson
import fiftyone as fo
import fiftyone.core.odm as foo

boxes = [fo.Detection(label="cat", bounding_box=[0.1, 0.1, 0.2, 0.2]) for _ in range(2)]
dataset = fo.Dataset("mine", persistent=True)
dataset.add_sample(
    fo.Sample(filepath="/mine.jpg", ground_truth=fo.Detections(detections=boxes))
)

def content():
    client = foo.get_db_client()
    for database in set(client.list_database_names()) - {"admin", "config", "local"}:
        for name in client[database].list_collection_names():
            raw = client[database][name].find_raw_batches(sort=[("_id", 1)])
            yield f"{database}.{name}", hashlib.sha256(b"".join(raw)).hexdigest()

print("ready", flush=True)
for _ in sys.stdin:
    print(json.dumps(dict(content())), flush=True)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def user_environment(home):
    if any(find_processes_by_args(["--51-service", "db", "--multi"])):
        pytest.skip("a running FiftyOne on this machine would be joined")
    if mongod.bundled() is None:
        pytest.skip("FiftyOne was installed without mongod")
    variables = {k: v for k, v in os.environ.items() if not k.startswith("FIFTYONE_")}
    return {
        **variables,
        "HOME": str(home),
        "FIFTYONE_DATABASE_DIR": str(home / "database"),
        "FIFTYONE_DO_NOT_TRACK": "true",
    }


@pytest.fixture(scope="module")
def user(user_environment):
    with subprocess.Popen(
        [sys.executable, "-c", USER],
        env=user_environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        while (line := process.stdout.readline()) != "ready\n":
            assert line, "the user's FiftyOne ended"
        yield process
        process.stdin.close()


def test_the_demo_does_not_change_a_running_fiftyone(
    user, user_environment, home, tmp_path
):
    demo = tmp_path / "demo"
    before = _content(user), _files(home)
    options = ["--once", "--max-samples", str(SCENES), "--folder", str(demo)]
    done = subprocess.run(
        [sys.executable, "-m", "dev.demo", *options],
        cwd=release.ROOT,
        env=user_environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert f"of {SCENES} images" in done.stdout
    assert any(name.startswith("fiftyone.samples") for name in before[0])
    assert (_content(user), _files(home)) == before
    assert _files(demo / "plugins" / "duplicates") == set(release.files())


@pytest.mark.long
def test_a_separate_database_dir_alone_does_not_isolate_a_fiftyone(
    user, user_environment, tmp_path
):
    apart = {**user_environment, "FIFTYONE_DATABASE_DIR": str(tmp_path / "apart")}
    seen = subprocess.run(
        [sys.executable, "-c", "import fiftyone as fo; print(fo.list_datasets())"],
        env=apart,
        capture_output=True,
        text=True,
        check=True,
    )

    assert seen.stdout.endswith("['mine']\n")


def _content(user):
    user.stdin.write("\n")
    user.stdin.flush()
    return json.loads(user.stdout.readline())


def _files(folder):
    folder = pathlib.Path(folder)
    database = folder / "database"
    return {
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_relative_to(database)
        # a process that imports a module may compile it
        and path.suffix != ".pyc"
    }
