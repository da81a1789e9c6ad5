"""Labels as a reader and as FiftyOne return them."""

from decoded import FIELD

from duplicates.labels.reading import read
from duplicates.labels.reading.decoder import LabelDecoder
from duplicates.labels.reading.raw.ids import to_strings


def read_all(samples, field=FIELD, crowd_attr=None, sample_ids=None):
    """Returns ``{sample id: [(label id, class, box)]}`` of a reader, and its faults."""
    decoder = LabelDecoder([field], crowd_attr)
    labels, bad = {}, []
    for block in read.read_blocks(samples, decoder, sample_ids):
        columns = block.fields[0]
        rows = list(
            zip(
                to_strings(columns.ids),
                [decoder.classes.names[k] for k in columns.classes],
                columns.boxes.tolist(),
                strict=True,
            )
        )
        bounds = columns.offsets.tolist()
        for k, sample_id in enumerate(to_strings(block.document_ids)):
            assert sample_id not in labels
            labels[sample_id] = rows[bounds[k] : bounds[k + 1]]
        bad += block.bad
    return labels, bad


def read_by_fiftyone(samples, field=FIELD):
    path = f"{field}.detections"
    columns = samples.values(
        ["id", f"{path}.id", f"{path}.label", f"{path}.bounding_box"]
    )
    return {
        sample_id: list(zip(ids or [], names or [], boxes or [], strict=True))
        for sample_id, ids, names, boxes in zip(*columns, strict=True)
    }


def check(samples, field=FIELD):
    """Compares the labels and their order with FiftyOne's."""
    labels, bad = read_all(samples, field)

    assert list(labels) == samples.values("id")
    assert labels == read_by_fiftyone(samples, field)
    assert bad == []
    return labels
