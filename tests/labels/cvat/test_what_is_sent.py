"""The labels that are sent to CVAT, and why others are not."""

import cvat_data
import pytest
from bson import ObjectId
from cvat_trips import send_trip

pytestmark = pytest.mark.slow


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(3, confidence=0.5))


def test_labels_that_share_an_id_or_have_none_are_not_sent(make_images, account, cvat):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.send import selection, send

    same = cvat_data.label(cvat_data.NEAR)
    nameless = cvat_data.label(cvat_data.FAR)
    del nameless["_id"]
    lists = [[same, {**same, "bounding_box": cvat_data.ALIKE}, nameless]]
    lists[0].append(cvat_data.label(cvat_data.FAR, "dog"))
    dataset = make_images(lists)
    before = cvat_data.fields(dataset)
    ids = [str(lists[0][3]["_id"])]
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, label_ids=ids)
    posted = send.send(dataset, account, chosen, anno_key="trip")
    assert posted.labels == len(cvat.shapes()) == 1
    assert posted.left.reasons == {
        "shares its id with another label of its image": 2,
        "has no id to match edits by": 1,
    }

    (shape,) = cvat.shapes()
    shape["points"] = [p + 7 for p in shape["points"]]
    preview = load.preview(dataset, account, "trip")
    assert preview.comparison.counts["moved"] == 1
    assert preview.comparison.counts["deleted"] == 0
    load.load(dataset, account, "trip")
    after = cvat_data.fields(dataset)
    assert after != before


def test_only_the_flagged_labels_and_their_partners_are_sent(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    ids = list(cvat_data.stored(dataset))
    before = cvat_data.stored(dataset)
    posted = send_trip(dataset, account, label_ids=[str(ids[1])], scope="labels")
    assert posted.labels == 2
    assert {cvat.label_id_of(s) for s in cvat.shapes()} == {str(ids[0]), str(ids[1])}
    cvat.delete(cvat.shape_of(ids[1]))
    cvat.complete()
    loaded = load.load(dataset, account, "trip", cleanup=True)
    assert loaded.written.count == 1
    assert loaded.remaining == 0
    assert loaded.is_removed
    after = cvat_data.stored(dataset)
    assert before.keys() - after.keys() == {ids[1]}
    assert all(after[k] == before[k] for k in after)
    assert cvat.tasks == {}
    dataset.reload()
    assert dataset.list_annotation_runs() == []


def test_duplicates_by_likelihood_are_counted_by_the_fit_of_their_scan_while_it_exists(
    dataset, account, cvat
):
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.send import selection, send
    from duplicates.labels.scans import plans, search, stored

    key = search.find_duplicates(dataset, FindParams(cvat_data.FIELD)).scan_key
    plan = plans.plan(dataset, key, 0.2, metric="likelihood")
    assert len(plan) == 3
    chosen = selection.select(dataset, "labels", scan_key=key, plan=plan)
    posted = send.send(dataset, account, chosen, anno_key="trip")
    assert posted.labels == 6

    shape = cvat.shape_of(next(iter(cvat_data.stored(dataset))))
    *rest, bottom = shape["points"]
    shape["points"] = [*rest, 1.4 * bottom]  # an IoU of 0.67 with the other box
    assert load.preview(dataset, account, "trip").still_duplicate == 3
    stored.delete(dataset, key)
    assert load.preview(dataset, account, "trip").still_duplicate == 2


@pytest.mark.parametrize("far", [1e308, -1e308, float("inf"), 1e7, 2**62])
def test_a_box_far_outside_the_image_is_not_sent(far, make_images, account, cvat):
    dataset = make_images(
        [[cvat_data.label([0.1, far, 0.2, 0.3]), cvat_data.label(cvat_data.NEAR)]]
    )
    posted = send_trip(dataset, account)
    assert posted.labels == 1
    assert posted.left.reasons == {"has no box that CVAT can represent": 1}


def test_reasons_for_several_labels_are_in_the_plural():
    from duplicates.labels.edits.change import Written
    from duplicates.operators import planned

    done = Written()
    for reason, n in (("is a track in CVAT", 2), ("was edited", 1), ("no box", 2)):
        done.skipped.count(reason, n)
    words = "(2 are a track in CVAT, 1 was edited, 2 no box)"
    assert planned.written(done, "is as in CVAT", "run")["message"].endswith(words)


def test_masks_are_sent_as_masks_and_only_an_edited_one_changes(
    make_images, account, cvat
):
    import fiftyone as fo
    import numpy as np

    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import restore

    mask = np.zeros((30, 40), bool)
    mask[5:20, 3:30] = True
    packed = fo.Detection(mask=mask).to_dict()["mask"]
    lists = [
        [
            cvat_data.label([0.1, 0.1, 0.3, 0.4], mask=packed, index=3),
            cvat_data.label([0.5, 0.5, 0.1, 0.1], mask=packed),
            cvat_data.label(cvat_data.FAR, "dog"),
        ]
    ]
    dataset = make_images(lists)
    before, fields = cvat_data.stored(dataset), cvat_data.fields(dataset)
    send_trip(dataset, account)
    assert sorted(s["type"] for s in cvat.shapes()) == ["mask", "mask", "rectangle"]
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == fields

    shape = cvat.shape_of(lists[0][1]["_id"])
    shape["points"] = [2.0, 3.0, 7.0, 100.0, 200.0, 103.0, 202.0]
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.count == 1
    after = cvat_data.stored(dataset)
    changed = lists[0][1]["_id"]
    assert {k for k in before if before[k] != after[k]} == {changed}
    label = next(
        one
        for one in dataset.first()[cvat_data.FIELD].detections
        if one.id == str(changed)
    )
    assert label.mask.tolist() == [[0, 0, 1, 1], [1, 0, 0, 0], [0, 0, 0, 0]]
    assert label.bounding_box == [100 / 640, 200 / 480, 4 / 640, 3 / 480]
    restore.restore(dataset, loaded.written.restore_key)
    assert cvat_data.fields(dataset) == fields


@pytest.mark.parametrize("kind", ["video", "group", "keypoints", "cuboid", "patches"])
def test_a_selection_that_cannot_be_sent_is_an_error_with_its_reason(
    kind, dataset, make_images, account, cvat
):
    import fiftyone as fo

    from duplicates.iou_core.errors import FieldError

    field, samples = cvat_data.FIELD, dataset
    if kind in ("video", "group"):
        samples = fo.Dataset()
        samples.media_type = kind if kind == "video" else "image"
        if kind == "group":
            samples.add_group_field("group", default="left")
    elif kind == "keypoints":
        dataset.add_sample_field(
            "keypoints", fo.EmbeddedDocumentField, embedded_doc_type=fo.Keypoints
        )
        field = "keypoints"
    elif kind == "cuboid":
        cuboid = cvat_data.label([], location=[1, 2, 3], dimensions=[1, 1, 1])
        samples = make_images([[cuboid]])
    else:
        samples = dataset.to_patches(cvat_data.FIELD)
    from duplicates.labels.cvat.send import selection, send

    owner = dataset if kind == "patches" else samples

    def go():
        ids = [str(ObjectId(k)) for k in cvat_data.stored(owner)]
        chosen = selection.select(samples, label_field=field, label_ids=ids)
        send.send(samples, account, chosen)

    with pytest.raises(FieldError) as caught:
        go()
    words = {"group": "grouped", "keypoints": "Keypoints", "patches": "patches"}
    assert words.get(kind, kind) in str(caught.value)
    assert cvat.log == []
    if samples is not dataset and kind in ("video", "group"):
        samples.delete()
