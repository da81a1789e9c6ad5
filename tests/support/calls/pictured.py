"""Pictures of groups as the panel shows them."""

import base64
import io
import re

import panel_calls
from drawn import FIELD
from PIL import Image

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import search

BOX = [0.4, 0.4, 0.1, 0.1]
ASKED = {
    "iou_thresh": 0.3,
    "method": "simple",
    "keep": [],
    "metric": "iou",
    "classes": None,
    "class_pair": None,
    "offset": 0,
    "limit": 1,
}


def first_picture(dataset, field=FIELD, **params):
    """Scans, and returns the first group and its picture."""
    search.find_duplicates(dataset, FindParams(field, **params), "scan")
    return picture_of_scan(dataset)


def picture_of_scan(dataset):
    """Returns the first group of a scan, and its picture."""
    app = panel_calls.App(dataset)
    (group,) = app.send("list_groups", scan_key="scan", **ASKED)["groups"]
    ids = [member["label_id"] for member in group["members"]]
    asked = dict(scan_key="scan", document_id=group["document_id"], label_ids=ids)
    picture = app.send("draw_crop", **asked)
    assert picture["ok"], picture
    assert [shape["label_id"] for shape in picture["shapes"]] == ids
    return group, picture


def points_of(path):
    return [
        tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)
    ]


def decoded(picture):
    data = picture["source"].removeprefix("data:image/jpeg;base64,")
    return Image.open(io.BytesIO(base64.b64decode(data)))
