"""Labels with attributes of many types, for trips to CVAT."""

import cvat_data
from bson import Int64

TYPES = {
    "color": "StringField",
    "size": "FloatField",
    "count": "IntField",
    "flag": "BooleanField",
    "when": "DateTimeField",
    "parts": "ListField",
}
ALL = ["color", "size", "count", "flag"]

VALUES = (
    {"color": "red", "size": 0.1 + 0.2, "count": 7, "flag": True},
    {"color": "007", "size": 1, "count": Int64(7), "flag": False},
    {"color": "  spaced ", "size": 3.0, "count": None, "flag": None},
    {"color": "", "size": -1.5e-7, "count": -3, "when": cvat_data.WHEN},
    {"color": "True", "size": float("nan"), "parts": [1, "b"]},
    {"color": "None", "count": 2**40, "confidence": 0.5, "index": 3},
    {"color": "два\nline", "size": float("inf"), "flag": True, "tags": ["x"]},
    {},
)
"""Labels with attributes of every type that is declared, and of others."""


def send_labels(dataset, account, attributes=True, anno_key="trip", **options):
    from duplicates.labels.cvat.send import selection, send
    from duplicates.labels.cvat.server import options as how

    chosen = selection.select(
        dataset,
        label_field=cvat_data.FIELD,
        label_ids=[str(_id) for _id in cvat_data.stored(dataset)],
    )
    given = how.Options.parse({"attributes": attributes, **options})
    return send.send(dataset, account, chosen, given, anno_key)


def label_of(dataset, label_id):
    dataset.reload()
    view = dataset.select_labels(ids=[str(label_id)])
    return view.first()[cvat_data.FIELD].detections[0]


def one_label(make, **values):
    dataset = make([[cvat_data.label(cvat_data.NEAR, **values)]])
    return dataset, next(iter(cvat_data.stored(dataset)))
