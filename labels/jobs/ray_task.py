"""The task that a machine of a Ray cluster runs: one part of a job.

It is sent along with the plugin's source, as the machines have no copy of the plugin.
"""

from __future__ import annotations

import io
import pathlib
import zipfile
from typing import Any

_ROOT = pathlib.Path(__file__).resolve().parents[2]
_SOURCES = ("__init__.py", "duplicates_loader.py", "iou_core/**/*.py", "labels/**/*.py")


def packed() -> bytes:
    """Returns the plugin's source as an archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for pattern in _SOURCES:
            for path in sorted(_ROOT.glob(pattern)):
                archive.write(path, path.relative_to(_ROOT).as_posix())
    return data.getvalue()


def work(
    source: bytes,
    environment: dict[str, str],
    job: dict[str, Any],
    patience: float,
    job_id: str,
    number: int,
    task: dict[str, Any],
) -> None:
    """Processes one part on a machine of the cluster, and stores the result.

    The function is sent without its module, so it imports all that it uses.
    """
    import hashlib
    import importlib.util
    import io
    import os
    import pathlib
    import sys
    import tempfile
    import zipfile

    if "duplicates" not in sys.modules:
        os.environ.update(environment)
        os.environ.pop("FIFTYONE_PRIVATE_DATABASE_PORT", None)
        import pymongo

        uri = environment["FIFTYONE_DATABASE_URI"]
        # FiftyOne itself would wait longer for a database that does not answer
        wait = int(patience * 1000)
        with pymongo.MongoClient(uri, serverSelectionTimeoutMS=wait) as client:
            client.admin.command("ping")

        digest = hashlib.sha256(source).hexdigest()[:16]
        name = f"duplicates-{digest}-{os.getpid()}"
        folder = pathlib.Path(tempfile.mkdtemp(prefix=name))
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            archive.extractall(folder)
        spec = importlib.util.spec_from_file_location(
            "duplicates_loader", folder / "duplicates_loader.py"
        )
        sys.modules["duplicates_loader"] = loader = importlib.util.module_from_spec(
            spec
        )
        spec.loader.exec_module(loader)
    loader = sys.modules["duplicates_loader"]
    answer = loader.load_module("labels.worker").answer(job, task)
    loader.load_module("labels.jobs.ray_results").put(job_id, number, answer)
