"""CVAT trips of boxes: only edits made in CVAT change labels."""

import cvat_data
import pytest
from bson import ObjectId


def _select(dataset, **given):
    from duplicates.labels.cvat.send import selection

    given = given or {"label_ids": [str(_id) for _id in cvat_data.stored(dataset)]}
    return selection.select(dataset, label_field=cvat_data.FIELD, **given)


def _send(dataset, account, **given):
    from duplicates.labels.cvat.send import send, upload

    options = upload.Options.parse(given.pop("options", {}))
    return send.send(dataset, account, _select(dataset, **given), options)


def test_an_empty_plan_of_a_scan_selects_no_labels(make_images):
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.cvat.send import selection
    from duplicates.labels.scans import plans, search

    dataset = make_images(cvat_data.pairs(2))
    search.find_duplicates(dataset, FindParams(cvat_data.FIELD), "scan")
    for classes, n in ((["cat"], 2), (["dog"], 0)):
        plan = plans.plan(dataset, "scan", classes=classes)
        chosen = selection.select(dataset, scan_key="scan", plan=plan)
        assert sum(map(len, chosen.flagged.values())) == len(plan) == n


def test_unedited_labels_keep_their_bytes(make_images, account, cvat):
    from duplicates.labels.cvat.load import load

    lists = cvat_data.pairs(3)
    for k, extra in enumerate(cvat_data.EXTRAS):
        lists[k % 3][k // 3].update(extra)
    dataset = make_images(lists)
    before = cvat_data.fields(dataset)

    posted = _send(dataset, account)
    assert posted.labels == 9
    assert posted.not_sent == 0
    assert len(cvat.shapes()) == 9
    assert dataset.list_annotation_runs() == [posted.anno_key]

    preview = load.preview(dataset, account, posted.anno_key)
    assert preview.comparison.counts == {
        "expected": 9,
        "unchanged": 9,
        "moved": 0,
        "relabeled": 0,
        "attributes": 0,
        "deleted": 0,
        "gone_here": 0,
        "added": 0,
        "conflicts": 0,
        "refused": 0,
    }
    loaded = load.load(dataset, account, posted.anno_key)
    assert loaded.written.count == 0
    assert loaded.written.restore_key is None
    assert cvat_data.fields(dataset) == before
    assert loaded.remaining == preview.still_duplicate == 3


def test_every_kind_of_edit_comes_back_and_can_be_undone(make_images, account, cvat):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import restore

    lists = [*cvat_data.pairs(4, index=7, confidence=0.5, tags=["x"]), None, []]
    dataset = make_images(lists)
    before, fields = cvat_data.stored(dataset), cvat_data.fields(dataset)
    whole = dataset.select([str(s) for s in dataset.values("id")])
    posted = _send(whole, account, label_ids=[str(k) for k in before])
    assert posted.upload.images == 4
    ids = [[one["_id"] for one in labels or ()] for labels in lists]

    cvat.delete(cvat.shape_of(ids[0][1]))
    cvat.shape_of(ids[1][1])["points"] = [64.0, 48.0, 256.0, 192.0]
    cvat.relabel(cvat.shape_of(ids[2][1]), "dog")
    both = cvat.shape_of(ids[3][1])
    cvat.relabel(both, "dog")
    both["points"] = [0.0, 0.0, 320.5, 240.0]
    cvat.draw(0, "dog", [10, 20, 330, 260])

    preview = load.preview(dataset, account, posted.anno_key)
    assert preview.comparison.counts == {
        "expected": 12,
        "unchanged": 8,
        "moved": 2,
        "relabeled": 2,
        "attributes": 0,
        "deleted": 1,
        "gone_here": 0,
        "added": 1,
        "conflicts": 0,
        "refused": 0,
    }
    assert cvat_data.stored(dataset) == before

    loaded = load.load(dataset, account, posted.anno_key, digest=preview.digest)
    assert loaded.written.count == 5
    assert loaded.remaining == preview.still_duplicate
    after = cvat_data.stored(dataset)
    assert ids[0][1] not in after
    (new,) = after.keys() - before.keys()
    same = {k for k in before.keys() & after.keys() if before[k] == after[k]}
    assert before.keys() - same == {ids[k][1] for k in range(4)}

    view = dataset.select_labels(ids=[str(ids[k][1]) for k in (1, 2, 3)] + [str(new)])
    found = {
        ObjectId(one.id): one
        for sample in view
        for one in sample[cvat_data.FIELD].detections
    }
    assert found[ids[1][1]].bounding_box == [64 / 640, 48 / 480, 192 / 640, 144 / 480]
    assert found[ids[1][1]].index == 7
    assert found[ids[1][1]].tags == ["x"]
    assert found[ids[2][1]].label == "dog"
    assert found[ids[2][1]].bounding_box == cvat_data.ALIKE
    assert found[ids[3][1]].bounding_box == [0, 0, 320.5 / 640, 0.5]
    assert found[new].label == "dog"

    undone = restore.restore(dataset, loaded.written.restore_key)
    assert undone.count == 5
    assert cvat_data.fields(dataset) == fields


@pytest.mark.slow
def test_of_a_thousand_labels_exactly_the_ten_edited_ones_differ(
    make_images, account, cvat
):
    from duplicates.labels.cvat.load import load

    lists = []
    for k in range(100):
        extras = cvat_data.EXTRAS
        labels = [
            cvat_data.label(
                [0.01 + 0.09 * j, 0.0137 + 0.001 * k, 0.0813, 0.3171],
                "cat" if j % 2 else "dog",
                **extras[(k + j) % len(extras)],
            )
            for j in range(10)
        ]
        lists.append(labels)
    dataset = make_images(lists)
    before = cvat_data.stored(dataset)
    assert len(before) == 1000
    posted = _send(dataset, account, options={"task_size": 30, "segment_size": 7})
    assert len(cvat.tasks) == 4

    edited = [lists[k * 9][k]["_id"] for k in range(10)]
    for k, label_id in enumerate(edited):
        shape = cvat.shape_of(label_id)
        if k % 2:
            cvat.relabel(shape, "dog" if k % 4 == 1 else "cat")
        shape["points"] = [p + 3 for p in shape["points"]]

    load.load(dataset, account, posted.anno_key)
    after = cvat_data.stored(dataset)
    assert list(after) == list(before)
    assert {k for k in before if before[k] != after[k]} == set(edited)


def test_a_copied_shape_becomes_a_new_label(make_images, account, cvat):
    from duplicates.labels.cvat.load import load

    dataset = make_images(cvat_data.pairs(2))
    before = cvat_data.stored(dataset)
    posted = _send(dataset, account)
    shape = cvat.shapes()[0]
    cvat.copy(shape, points=[300.0, 300.0, 400.0, 400.0])
    cvat.copy(shape, frame=1)

    counts = load.preview(dataset, account, posted.anno_key).comparison.counts
    assert counts["added"] == 2
    assert counts["unchanged"] == 6
    load.load(dataset, account, posted.anno_key)
    after = cvat_data.stored(dataset)
    assert len(after) == 8
    assert all(after[k] == before[k] for k in before)

    # and is not added again by the next load
    again = load.load(dataset, account, posted.anno_key)
    assert again.written.count == 0
    assert cvat_data.stored(dataset) == after


@pytest.mark.parametrize("value", ["", "   ", "nonsense"])
def test_a_blank_id_neither_deletes_nor_adds(value, make_images, account, cvat):
    from duplicates.labels.cvat.load import load

    dataset = make_images(cvat_data.pairs(2))
    before = cvat_data.stored(dataset)
    posted = _send(dataset, account)
    first, second = cvat.shapes()[:2]
    cvat.set_label_id(first, value)
    cvat.set_label_id(second, value)
    second["id"] = 99_999  # as after an import of annotations

    counts = load.preview(dataset, account, posted.anno_key).comparison.counts
    assert counts["unchanged"] == 6
    load.load(dataset, account, posted.anno_key)
    assert cvat_data.stored(dataset) == before


def test_classes_of_any_characters_are_sent_and_relabeled(make_images, account, cvat):
    from duplicates.labels.cvat.load import load

    names = ["cat", "Cat", "köşe 🚗", "a/b;c,d#1", "label_id", cvat_data.FIELD]
    names += ["x" * 64, "two\nlines", "<b>&amp;"]
    dataset = make_images([[cvat_data.label(cvat_data.NEAR, n) for n in names]])
    before = cvat_data.stored(dataset)
    key = cvat_data.send_all(dataset, account)
    assert load.load(dataset, account, key).written.count == 0
    assert cvat_data.stored(dataset) == before

    for label_id, name in zip(before, [*names[1:], names[0]]):
        cvat.relabel(cvat.shape_of(label_id), name)
    load.load(dataset, account, key)
    found = dataset.first()
    found.reload()
    labels = [label.label for label in found[cvat_data.FIELD].detections]
    assert labels == [*names[1:], names[0]]
