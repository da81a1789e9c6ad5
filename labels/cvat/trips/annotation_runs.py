"""The FiftyOne annotation run of a trip: its key, registration and deletion."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import fiftyone as fo
import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
import fiftyone.core.odm as foo
from fiftyone.utils.cvat import CVATBackend, CVATBackendConfig

from ....iou_core.errors import CvatError
from ...fields import LabelField
from ...jobs import locks
from ...scans import register
from ..server.options import Options
from ..server.session import Client
from ..server.settings import Server
from ..shapes.attributes import Attribute
from . import store
from .records import Document, Trip

BACKEND = "cvat"

_TYPES = {fol.Detections: "detections", fol.Polylines: "polygons"}
"""FiftyOne's names for the label types; its ``polygons`` include open lines."""


def require_free_key(
    samples: foc.SampleCollection, anno_key: object, but: Collection[str] = ()
) -> str:
    """Returns the given key if no annotation run uses it.

    Args:
        samples: the dataset, or a view of it
        anno_key: the key
        but (()): keys that may be in use, as they will be free again

    Raises:
        CvatError: if it is not an identifier, or is in use
    """
    if not isinstance(anno_key, str) or not re.fullmatch(r"[A-Za-z_]\w*", anno_key):
        raise CvatError(
            "letters, digits and underscores, not beginning with a digit",
            repr(anno_key),
            "anno_key",
        )
    if anno_key in _keys(samples) and anno_key not in but:
        got = f"{anno_key!r}, which another run uses"
        raise CvatError("an unused key", got, "anno_key")
    return anno_key


def new_key(samples: foc.SampleCollection) -> str:
    """Returns an unused run key: ``duplicates_cvat_1``, and so on."""
    keys = _keys(samples)
    k = 1
    while f"duplicates_cvat_{k}" in keys:
        k += 1
    return f"duplicates_cvat_{k}"


def begin(
    samples: foc.SampleCollection, anno_key: str | None, further: Document
) -> Trip:
    """Records a trip that is about to begin, under a key that no other trip gets.

    Args:
        samples: the dataset, or a view of it
        anno_key: its key; None for a new one
        further: further values of the trip

    Raises:
        CvatError: if the key is in use
    """
    with locks.keys_of(samples._root_dataset._doc.id):
        key = new_key(samples) if anno_key is None else anno_key
        return store.begin(samples, require_free_key(samples, key), further)


def _keys(samples: foc.SampleCollection) -> set[str]:
    """Returns the keys of all runs, including those of other processes."""
    dataset = samples._root_dataset
    stored = foo.get_db_conn()["runs"].find(
        {"_dataset_id": dataset._doc.id}, {"key": True}
    )
    trips = {trip.anno_key for trip in store.all_trips(samples)}
    return {run["key"] for run in stored} | set(dataset.list_annotation_runs()) | trips


def task_name(trip: Trip) -> str:
    """Returns the name of the tasks of a trip, by which they and its run are found."""
    return f"{trip.anno_key} {trip.id}"


def backend(
    server: Server,
    client: Client,
    field: LabelField,
    classes: list[str],
    options: Options,
    name: str,
    attributes: Sequence[Attribute] = (),
) -> CVATBackend:
    """Returns FiftyOne's CVAT backend, connected through the plugin's client.

    Args:
        server: the server
        client: the client
        field: the label field
        classes: the classes that annotators can choose from
        options: the options for creating tasks
        name: the name of the tasks, see :func:`task_name`
        attributes (()): the attributes to send
    """
    schema = {
        field.name: {
            "type": _TYPES[field.document],
            "classes": classes,
            "attributes": {
                each.name: each.schema for each in attributes if not each.is_switch
            },
            "existing_field": True,
            "allow_additions": True,
            "allow_deletions": True,
            "allow_label_edits": True,
            "allow_spatial_edits": True,
        }
    }
    config = CVATBackendConfig(
        BACKEND,
        schema,
        url=server.url,
        username=server.username,
        password=server.password,
        task_size=options.task_size,
        segment_size=options.segment_size,
        image_quality=options.image_quality,
        task_assignee=options.task_assignee,
        job_assignees=list(options.job_assignees) or None,
        project_name=options.project_name,
        task_name=name,
        coerce_text_attrs=False,
    )
    made = config.build()
    made.use_api(client)
    return made


def key_of(dataset: fo.Dataset, trip: Trip) -> str | None:
    """Returns the key of the annotation run of a trip; None if it has none.

    The user may have deleted the run and given its key to another one. So a run is
    found by the name of its tasks, which contains the id of the trip.
    """
    found = foo.get_db_conn()["runs"].find_one(_of_trip(dataset, trip), {"key": True})
    return None if found is None else str(found["key"])


def record_url(dataset: fo.Dataset, trip: Trip) -> None:
    """Records the URL of a trip with its annotation run, if it has one."""
    change = {"$set": {"config.url": trip["url"]}}
    foo.get_db_conn()["runs"].update_one(_of_trip(dataset, trip), change)
    reload(dataset)


def _of_trip(dataset: fo.Dataset, trip: Trip) -> Document:
    """Returns a query for the annotation run of a trip."""
    return {
        "_dataset_id": dataset._doc.id,
        "config.task_name": {"$regex": f" {trip.id}$"},
    }


def delete(dataset: fo.Dataset, trip: Trip) -> None:
    """Deletes the annotation run of a trip, if it exists; asks no server."""
    if dataset.deleted:
        return
    key = key_of(dataset, trip)
    if key is not None:
        register.unshared(dataset).delete_annotation_run(key)
    reload(dataset)


def reload(dataset: fo.Dataset) -> None:
    """Reloads the stored annotation runs into this process's dataset."""
    dataset._doc.reload("annotation_runs")
