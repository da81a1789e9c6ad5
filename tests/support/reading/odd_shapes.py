"""Labels of every kind in any form that a program may have written to a database."""

import math

from bson import Binary, Int64, ObjectId
from hypothesis import strategies as st
from odd_documents import (
    FIELD,
    POOL,
    WHEN,
    box,
    crowd_flag,
    documents_of,
    extra,
    flag,
    name,
)

number = st.one_of(
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from([0, 1, Int64(1), -0.0, 5e-324, 1e308, math.nan, math.inf, -0.5]),
)
odd = st.sampled_from([None, 5, "text", True, {}, [], [[]], [{}], [None], [["1"]]])


def lists_of(value, sizes):
    """Returns lists that mostly have one of the given sizes."""
    exact = st.sampled_from(sizes).flatmap(
        lambda n: st.lists(value, min_size=n, max_size=n)
    )
    return st.one_of(exact, exact, st.lists(value, max_size=4))


plain_pair = st.lists(st.floats(0, 1), min_size=2, max_size=2)
pair = st.one_of(plain_pair, st.lists(number, min_size=2, max_size=2))
any_pair = st.one_of(pair, st.lists(number, max_size=3), odd)
points = st.one_of(
    lists_of(plain_pair, (1, 3, 9, 10, 11, 101)),
    lists_of(plain_pair, (2, 4)),
    lists_of(pair, (2, 5)),
    lists_of(any_pair, (1, 2)),
    odd,
)
spot = st.sampled_from([[0.0, 0.0], [-1.0, -1.0], [0, 0], [-0.0, 0.0], [0.0, 0.5]])
keypoints = st.one_of(
    points,
    lists_of(st.one_of(plain_pair, spot), (1, 3, 11)),
    lists_of(spot, (2,)),
)
confidences = st.one_of(
    lists_of(st.sampled_from([0.0, 0.5, 1.0, -0.0]), (1, 3, 11)),
    lists_of(st.one_of(number, st.none(), st.just("0")), (2, 3)),
    odd,
)
rings = st.one_of(lists_of(points, (1, 2)), points, odd)
three = st.one_of(
    st.lists(st.floats(0, 9), min_size=3, max_size=3),
    lists_of(st.one_of(number, st.floats(-3, 3), st.integers(0, 3)), (3,)),
    odd,
)
two_frames = st.one_of(
    st.lists(st.integers(1, 9), min_size=2, max_size=2).map(sorted),
    lists_of(st.one_of(st.integers(1, 9), st.sampled_from([Int64(4), 3.5])), (2,)),
    odd,
)
mask = st.one_of(
    st.binary(max_size=40),
    st.binary(max_size=5).map(lambda data: Binary(data, 5)),
    st.none(),
    st.just("text"),
)
SHAPES = {
    "masks": {
        "bounding_box": box,
        "mask": mask,
        "mask_path": st.sampled_from([None, "", "/mask.png", "/маска.png"]),
    },
    "polylines": {"points": rings, "filled": flag, "closed": flag},
    "keypoints": {"points": keypoints, "confidence": confidences},
    "boxes": {
        "bounding_box": box,
        "location": st.one_of(st.none(), three),
        "dimensions": st.one_of(st.none(), three),
        "rotation": st.one_of(st.none(), number, three),
    },
    "cuboids": {"location": three, "dimensions": three, "rotation": three},
    "turned boxes": {"bounding_box": box, "rotation": st.one_of(number, odd)},
    "segments": {"support": two_frames},
}


def samples(kind, list_name):
    """Returns lists of samples whose labels have the keys of a kind.

    Args:
        kind: the name of the kind
        list_name: the name of their lists
    """
    label = documents_of(
        {
            "_id": st.sampled_from(POOL),
            "label": st.sampled_from(["cat", "dog"]),
            **SHAPES[kind],
        },
        {"iscrowd": crowd_flag},
    )
    odd_label = st.one_of(
        documents_of(
            {"_id": st.sampled_from(POOL), "label": name, **SHAPES[kind]},
            {"confidence": extra},
        ),
        st.sampled_from([None, 5, "label", {}, []]),
    )
    labels = st.one_of(
        st.lists(label, max_size=5, unique_by=lambda doc: str(doc.get("_id"))),
        st.lists(st.one_of(label, label, odd_label), max_size=6),
    )
    holder = st.one_of(
        documents_of({list_name: labels}, {"_cls": st.just("Labels")}),
        st.sampled_from([None, {}, 5, {list_name: None}]),
    )
    sample = documents_of({FIELD: holder}, {"last_modified_at": st.just(WHEN)})
    return st.lists(sample, max_size=20).map(
        lambda drawn: [
            {"_id": ObjectId(f"{k:024x}"), **document}
            for k, document in enumerate(drawn, start=1000)
        ]
    )
