"""Labels of a view are those that FiftyOne shows, at their stored positions."""

import fiftyone as fo
import generated
import pytest
from bson import ObjectId
from decoded import FIELD
from fiftyone import ViewField as F
from read_back import check, read_all

from duplicates.labels.reading import read
from duplicates.labels.reading.decoder import LabelDecoder
from duplicates.labels.reading.raw.ids import to_strings

VIEWS = {
    "filter_labels": lambda d: d.filter_labels(FIELD, F("label") == "cat"),
    "filter_labels, keeping all samples": lambda d: d.filter_labels(
        FIELD, F("bounding_box")[2] > 0.2, only_matches=False
    ),
    "match": lambda d: d.match(F(f"{FIELD}.detections").length() > 3),
    "limit": lambda d: d.limit(7),
    "skip": lambda d: d.skip(9).limit(20),
    "sort_by": lambda d: d.sort_by("filepath", reverse=True),
    "take": lambda d: d.take(13, seed=5),
    "shuffle": lambda d: d.shuffle(seed=5),
    "select": lambda d: d.select(d.values("id")[5:30:3]),
    "select, in another order": lambda d: d.select(
        d.values("id")[30:5:-3], ordered=True
    ),
    "exclude": lambda d: d.exclude(d.values("id")[:40]),
    "select_labels": lambda d: d.select_labels(
        ids=[i for ids in d.values(f"{FIELD}.detections.id") for i in (ids or [])[::2]]
    ),
    "exclude_labels": lambda d: d.exclude_labels(
        ids=[i for ids in d.values(f"{FIELD}.detections.id") for i in (ids or [])[::3]]
    ),
    "select_fields": lambda d: d.select_fields(FIELD),
    "map_labels": lambda d: d.map_labels(FIELD, {"cat": "dog"}),
    "set_field": lambda d: d.set_field(
        f"{FIELD}.detections.bounding_box", [0.1, 0.1, 0.5, 0.5]
    ),
    "limit_labels": lambda d: d.limit_labels(FIELD, 2),
    "sorted by length": lambda d: d.sort_by(F(f"{FIELD}.detections").length()),
    "match_labels": lambda d: d.match_labels(filter=F("label") == "dog"),
    "concat": lambda d: d.limit(5).concat(d.skip(50)),
    "an empty view": lambda d: d.match(F("filepath") == "nothing"),
    "filtered, sorted and limited": lambda d: (
        d.filter_labels(FIELD, F("label").is_in(["cat", "bird"]))
        .sort_by("filepath", reverse=True)
        .limit(9)
    ),
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_read_as_fiftyone_reads_it(view, shuffled_dataset):
    check(VIEWS[view](shuffled_dataset(generated.samples(3))))


@pytest.mark.parametrize("view", VIEWS)
def test_samples_are_counted_as_fiftyone_counts_them(view, make_dataset):
    dataset = make_dataset(generated.samples(3, n=20))

    assert read.count_samples(dataset) == 20
    assert read.count_samples(VIEWS[view](dataset)) == len(VIEWS[view](dataset))


def test_labels_that_the_view_hides_can_be_read(make_dataset):
    dataset = make_dataset(generated.samples(5))
    view = dataset.filter_labels(FIELD, F("label") == "cat")
    decoder = LabelDecoder([FIELD])
    ids = [ObjectId(sample_id) for sample_id in view.values("id")]
    n_labels = sum(
        len(block.fields[0]) for block in read.read_stored(view, decoder, ids)
    )

    assert n_labels == dataset.select(ids).count(f"{FIELD}.detections")
    assert n_labels > view.count(f"{FIELD}.detections")


def test_positions_in_a_filtered_view_map_to_the_stored_lists(make_dataset):
    dataset = make_dataset(generated.samples(6))
    view = dataset.filter_labels(FIELD, F("label") == "cat").sort_by(
        "filepath", reverse=True
    )
    decoder = LabelDecoder([FIELD])
    stored = {
        str(_id): (len(ids), {label_id: k for k, label_id in enumerate(ids)})
        for _id, ids in zip(
            *dataset.values(["id", f"{FIELD}.detections.id"]), strict=True
        )
        if ids is not None
    }
    seen = 0
    for block in read.read_blocks(view, decoder):
        block = read.at_stored_positions(view, decoder, block)
        columns = block.fields[0]
        owners = to_strings(block.document_ids)
        for row, label_id in enumerate(to_strings(columns.ids)):
            owner = columns.image[row]
            length, places = stored[owners[owner]]
            assert columns.position[row] == places[label_id]
            assert columns.lengths[owner] == length
            seen += 1
    assert seen == view.count(f"{FIELD}.detections")


def test_the_active_slice_of_a_grouped_dataset_is_read(database):
    dataset = fo.Dataset()
    dataset.add_group_field("group", default="left")
    groups = []
    for k in range(6):
        group = fo.Group()
        for name in ("left", "right"):
            detection = fo.Detection(label=name, bounding_box=[0.1 * k, 0.1, 0.2, 0.2])
            groups.append(
                fo.Sample(
                    filepath=f"/images/{name}-{k}.jpg",
                    group=group.element(name),
                    ground_truth=fo.Detections(detections=[detection] * (k % 3)),
                )
            )
    dataset.add_samples(groups, progress=False)

    for samples in (
        dataset,
        dataset.select_group_slices("right"),
        dataset.select_group_slices(["left", "right"]),
        dataset.match(F("filepath").ends_with("4.jpg")),
    ):
        assert list(read_all(samples)[0]) == samples.values("id")
    dataset.group_slice = "right"
    names = {name for mine in check(dataset.limit(2)).values() for _, name, _ in mine}
    assert names == {"right"}
    dataset.delete()
