"""Tables as operators and the browser write them."""

import csv
import json

import fiftyone.operators as foo

NEAR = [0.1, 0.1, 0.4, 0.4]
ALIKE = [0.1, 0.1, 0.4, 0.42]
SAMPLES = [
    [("car", NEAR), ("truck", ALIKE, {"tags": ["source_b"]})],
    [("car", NEAR), ("truck", NEAR), (None, ALIKE)],
    [("car", NEAR), ("car", [0.3, 0.1, 0.4, 0.4])],
]


def scanned(make_dataset):
    """Returns a dataset whose scan has three duplicates."""
    dataset = make_dataset(SAMPLES)
    call("find_duplicates", dataset, label_field="ground_truth", scan_key="scan")
    return dataset


def call(name, dataset, **params):
    return foo.get_operator(f"@iou/duplicates/{name}")(dataset, **params).result


def exported(app, what, kind, **others):
    """Returns a table as the browser joins it from pieces."""
    asked = {
        "scan_key": "scan",
        "iou_thresh": 0.75,
        "method": "simple",
        "keep": [],
        "metric": "iou",
        "classes": None,
        **others,
    }
    pieces, cursor = [], None
    while True:
        answer = app.send("export_rows", what=what, format=kind, cursor=cursor, **asked)
        assert answer["ok"], answer
        pieces.append(answer["text"])
        cursor = answer["cursor"]
        if cursor is None:
            return "".join(pieces), len(pieces)


def as_rows(text, kind):
    if kind == "json":
        return json.loads(text)
    return list(csv.DictReader(text.splitlines()))
