"""Documents of boxes, decoded and compared with the plain decoder."""

import bson
import plain_decoder
from bson import ObjectId

from duplicates.labels.reading.decoder import LabelDecoder
from duplicates.labels.reading.raw.ids import to_strings

FIELD = "ground_truth"
CAT = {"label": "cat", "bounding_box": [0.1, 0.2, 0.3, 0.4]}


def encoded(documents):
    return b"".join(map(bson.encode, documents))


def as_read(block, classes, field=0):
    """Returns a block in the form of the plain decoder."""
    columns = block.fields[field]
    rows = list(
        zip(
            columns.position.tolist(),
            to_strings(columns.ids),
            columns.boxes.tolist(),
            [classes.names[k] for k in columns.classes],
            columns.iscrowd.tolist(),
            strict=True,
        )
    )
    bounds = columns.offsets.tolist()
    labels = [rows[a:b] for a, b in zip(bounds[:-1], bounds[1:], strict=True)]
    bad = [(b.document_id, b.position, b.label_id, b.reason) for b in block.bad]
    return labels, columns.lengths.tolist(), sorted(bad, key=lambda entry: entry[:2])


def check(documents, crowd_attr=None):
    """Compares the result with the plain decoder's."""
    decoder = LabelDecoder([FIELD], crowd_attr)
    block = decoder.decode(encoded(documents))

    assert as_read(block, decoder.classes) == plain_decoder.read(
        documents, FIELD, crowd_attr
    )
    assert to_strings(block.document_ids) == [str(doc["_id"]) for doc in documents]
    return block, decoder


def document(labels, **keys):
    holder = {"_cls": "Detections", "detections": labels}
    return {"_id": ObjectId(), FIELD: holder, **keys}


def label(**values):
    return {"_id": ObjectId(), **CAT, **values}
