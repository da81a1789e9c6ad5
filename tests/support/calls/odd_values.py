"""Invalid values that a caller may send, and the content of a database to compare."""

import datetime
import math

import fiftyone.core.odm as foo

DEEP = []
for _ in range(300):
    DEEP = [DEEP]

VALUES = (
    True,
    False,
    0,
    -1,
    0.5,
    math.nan,
    math.inf,
    2**70,
    -(2**70),
    "",
    " ",
    "odd",
    "\ud800",
    "a\0b",
    "$where",
    "x" * 1_000_000,
    "65656565656565656565656",
    [],
    [None],
    ["odd", 5],
    ["\udfff"],
    [["odd"]],
    {},
    {"$gt": ""},
    [{"$ne": None}],
    {"a\0": "\ud800"},
    DEEP,
    {"deep": DEEP},
    datetime.datetime(2020, 1, 1),
    b"odd",
)

_NOT_OURS = ("iou_duplicates.runs", "iou_duplicates.locks", "datasets")
"""Records of runs, and of when a dataset was last loaded."""


def content():
    """Returns a fingerprint of the content of the database."""
    database = foo.get_db_conn()
    names = [n for n in database.list_collection_names() if n not in _NOT_OURS]
    return database.command("dbHash", collections=names)["collections"]
