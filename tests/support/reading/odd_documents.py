"""Sample documents of any form that a program may have written to a database."""

import datetime
import math

from bson import Int64, ObjectId
from hypothesis import strategies as st

FIELD = "ground_truth"
WHEN = datetime.datetime(2024, 5, 6, 7, 8, 9, 123000)
POOL = [ObjectId(f"{k:024x}") for k in range(40)]

coordinate = st.one_of(
    st.floats(0, 1),
    st.sampled_from([0, 1, Int64(1), -0.0, 5e-324, 1e308, math.nan, math.inf, -0.5]),
)
box = st.one_of(
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.lists(coordinate, min_size=4, max_size=4),
    st.lists(coordinate, max_size=5),
    st.sampled_from(
        [None, "box", 5, {}, [0.1, 0.1, "0.1", 0.1], [0.1, 0.1, True, 0.1]]
    ),
)
name = st.one_of(
    st.sampled_from(["cat", "dog", "", "Hündin", "猫", "🐈" * 30, "x" * 3000]),
    st.sampled_from([None, 5, 1.5, True, ["cat"], {"a": 1}]),
    st.text(st.characters(codec="utf-8"), max_size=20),
)
flag = st.sampled_from(
    [
        True,
        False,
        0,
        1,
        Int64(0),
        Int64(2),
        0.0,
        1.0,
        math.nan,
        None,
        "",
        "yes",
        [],
        [0],
    ]
)
label_id = st.one_of(st.sampled_from(POOL), st.sampled_from([None, "id", 7]))
crowd_flag = st.sampled_from(
    [
        *(True, False, 0, 1, Int64(0), Int64(2), 0.0, 0.5, math.nan, None),
        *("", "0", "1", "no", "Yes", "TRUE", " false "),
    ]
)
extra = st.one_of(
    st.none(), st.integers(-5, 5), st.text(max_size=3), st.lists(st.none())
)


@st.composite
def documents_of(draw, regular, optional):
    """Returns documents with keys in any order, some of which may be missing."""
    values = {key: draw(value) for key, value in regular.items()}
    for key, value in optional.items():
        if draw(st.booleans()):
            values[key] = draw(value)
    if draw(st.integers(0, 3)) == 0:
        order = draw(st.permutations(list(values)))
        dropped = draw(st.sets(st.sampled_from(order), max_size=2))
        values = {key: values[key] for key in order if key not in dropped}
    return values


regular_label = documents_of(
    {
        "_id": st.sampled_from(POOL),
        "label": st.sampled_from(["cat", "dog"]),
        "bounding_box": st.lists(st.floats(0, 1), min_size=4, max_size=4),
    },
    {"iscrowd": st.booleans()},
)
odd_label = st.one_of(
    documents_of(
        {"_id": label_id, "label": name, "bounding_box": box},
        {"iscrowd": crowd_flag, "confidence": extra, "_idx": extra, "labels": extra},
    ),
    st.sampled_from([None, 5, "label", {}, []]),
)
label = st.one_of(regular_label, regular_label, odd_label)
labels = st.one_of(
    st.lists(regular_label, max_size=4, unique_by=lambda doc: str(doc.get("_id"))),
    st.lists(label, max_size=6),
    st.lists(label, min_size=17, max_size=19),
)
holder = st.one_of(
    documents_of({"detections": labels}, {"_cls": st.just("Detections")}),
    documents_of({"detections": labels}, {}),
    st.sampled_from([None, {}, 5, "x", [], {"detections": None}, {"detections": 5}]),
)
sample = documents_of(
    {FIELD: holder, "last_modified_at": st.sampled_from([WHEN, None, 5, "now"])},
    {"filepath": st.just("a.jpg"), "other": extra},
)


@st.composite
def samples(draw, max_size=25):
    """Returns lists of samples with distinct ids."""
    drawn = draw(st.lists(sample, max_size=max_size))
    return [
        {"_id": ObjectId(f"{k:024x}"), **document}
        for k, document in enumerate(drawn, start=1000)
    ]
