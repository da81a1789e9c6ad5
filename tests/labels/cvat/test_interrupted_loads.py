"""Loads that are interrupted or repeated."""

import broken
import cvat_data
import pytest
from cvat_trips import send_trip, set_values

pytestmark = pytest.mark.slow


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(3, confidence=0.5))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("where", ["record", "_update", "close"])
def test_an_interrupted_load_can_be_undone_or_repeated(
    where, when, dataset, account, cvat, monkeypatch
):
    from duplicates.iou_core.errors import DatabaseError
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import restore
    from duplicates.labels.edits.journal import journal
    from duplicates.labels.edits.journal.action import Action
    from duplicates.labels.edits.writing import writer

    send_trip(dataset, account)
    before = cvat_data.fields(dataset)
    first, second, third = cvat.shapes()[:3]
    first["points"] = [1.0, 2.0, 30.0, 40.0]
    cvat.relabel(second, "dog")
    cvat.delete(third)
    cvat.draw(1, "dog", [5, 6, 70, 80])
    owner = writer.Writer if where == "_update" else Action
    with monkeypatch.context() as patch:
        broken.breaks(patch, owner, where, when)
        with pytest.raises(DatabaseError):
            load.load(dataset, account, "trip")

    for action in journal.list_actions(dataset):
        restore.restore(dataset, action["restore_key"])
    assert cvat_data.fields(dataset) == before
    assert load.load(dataset, account, "trip").written.count == 4
    done = cvat_data.fields(dataset)
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == done


class _Stops:
    """A run that is canceled after the first write."""

    id = "stops"

    def progress(self, done, total):
        from duplicates.iou_core.errors import RunCancelled

        if done:
            raise RunCancelled("the run to continue", "a request to stop", self.id)

    def waits_for(self, words):
        """Shows nothing."""


@pytest.mark.parametrize("end", ["cancelled", "killed", "lost"])
def test_the_changes_of_an_interrupted_load_can_be_undone_and_loaded_again(
    end, dataset, account, cvat, monkeypatch
):
    from duplicates.iou_core.errors import DatabaseError, RunCancelled
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import store
    from duplicates.labels.edits import change, restore
    from duplicates.labels.edits.journal import journal
    from duplicates.labels.edits.writing import writer

    send_trip(dataset, account)
    before = cvat_data.fields(dataset)
    for frame in range(3):
        (shape,) = [s for s in cvat.shapes() if s["frame"] == frame][:1]
        shape["points"] = [1.0, 2.0, 30.0, 40.0]
    with monkeypatch.context() as patch:
        patch.setattr(change, "SAMPLES_AT_ONCE", 1)
        if end == "killed":  # nothing that it would do at its end is done
            patch.setattr(store, "record_loaded", lambda *_: None)
            broken.breaks(patch, writer.Writer, "write", "after", call=2)
        elif end == "lost":
            broken.breaks(patch, writer.Writer, "write", "before", call=2)
        run = _Stops() if end == "cancelled" else None
        with pytest.raises((RunCancelled, DatabaseError)):
            load.load(dataset, account, "trip", run=run)
    assert cvat_data.fields(dataset) != before
    (first,) = store.require(dataset, "trip")["loads"]
    again = load.load(dataset, account, "trip")
    assert again.written.count == (1 if end == "killed" else 2)
    done = cvat_data.fields(dataset)

    restore.restore(dataset, first)
    undone = load.preview(dataset, account, "trip").comparison.counts
    assert undone["moved"] == (1 if end == "cancelled" else 2)
    assert load.load(dataset, account, "trip").written.count == undone["moved"]
    assert cvat_data.fields(dataset) == done
    for action in journal.list_actions(dataset):
        if action["state"] != "restored":
            restore.restore(dataset, action["restore_key"])
    assert cvat_data.fields(dataset) == before


@pytest.mark.parametrize("fault", [403, 500, "cut"])
def test_a_failed_deletion_of_a_task_does_not_hide_the_load(
    fault, dataset, account, cvat
):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import trips
    from duplicates.labels.edits import restore

    send_trip(dataset, account)
    before = cvat_data.fields(dataset)
    cvat.delete(cvat.shapes()[0])
    cvat.complete()
    cvat.fault = lambda method, path, n: fault if method == "DELETE" else None
    loaded = load.load(dataset, account, "trip", cleanup=True)
    assert (loaded.written.count, loaded.is_removed) == (1, False)
    assert loaded.problem.startswith("The task could not be deleted in CVAT (127.")
    assert trips.require_open(dataset, "trip")["loads"] == [loaded.written.restore_key]
    cvat.fault = lambda *_: None
    assert restore.restore(dataset, loaded.written.restore_key).count == 1
    assert cvat_data.fields(dataset) == before
    loaded = load.load(dataset, account, "trip", cleanup=True)
    assert (loaded.is_removed, loaded.problem, cvat.tasks) == (True, None, {})
    assert loaded.remaining == 2, "counted before the trip is deleted"


def test_labels_of_copied_samples_that_share_ids_are_told_apart(
    make_images, account, cvat, monkeypatch
):
    from duplicates.iou_core.errors import RunCancelled
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import change

    (labels,) = cvat_data.pairs(1)
    dataset = make_images([labels, labels])
    send_trip(dataset, account)
    label_id = labels[0]["_id"]
    shapes = [s for s in cvat.shapes() if cvat.label_id_of(s) == str(label_id)]
    assert [shape["frame"] for shape in shapes] == [0, 1]
    for shape, step in zip(shapes, (5, 9)):
        shape["points"] = [p + step for p in shape["points"]]

    with monkeypatch.context() as patch:
        # stops after the first of the two samples
        patch.setattr(change, "SAMPLES_AT_ONCE", 1)
        with pytest.raises(RunCancelled):
            load.load(dataset, account, "trip", run=_Stops())
    assert load.load(dataset, account, "trip").written.count == 1
    boxes = [sample[cvat_data.FIELD].detections[0].bounding_box for sample in dataset]
    x = cvat_data.NEAR[0]
    lefts = [box[0] for box in boxes]
    assert lefts == pytest.approx([x + 5 / 640, x + 9 / 640])


def test_an_edit_right_after_a_load_keeps_the_deleted_labels_in_the_journal(
    dataset, account, cvat, monkeypatch
):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits.restore import restore
    from duplicates.labels.edits.writing.writer import Writer

    send_trip(dataset, account)
    # those of one sample, and one of another
    removed, moved, *_, edited = cvat_data.stored(dataset)
    cvat.delete(cvat.shape_of(removed))
    for label_id in (moved, edited):
        cvat.shape_of(label_id)["points"] = [1.0, 2.0, 30.0, 40.0]
    update, not_written = Writer._update, Writer._not_written
    begun = []

    def edit(label_id):
        set_values(dataset, label_id, label="bird")
        _stamp(dataset, label_id)

    def edited_before(writer, batch):
        if not begun:
            edit(edited)
        return update(writer, batch)

    def edited_after(writer, batch):
        if not begun:
            edit(moved)
            begun.append(True)
        return not_written(writer, batch)

    monkeypatch.setattr(Writer, "_update", edited_before)
    monkeypatch.setattr(Writer, "_not_written", edited_after)
    loaded = load.load(dataset, account, "trip")

    assert begun
    assert removed not in cvat_data.stored(dataset)
    restore(dataset, loaded.written.restore_key)
    assert removed in cvat_data.stored(dataset)


def _stamp(dataset, label_id):
    from duplicates.labels import store

    dataset._sample_collection.update_one(
        {f"{cvat_data.PATH}._id": label_id},
        {"$set": {"last_modified_at": store.now()}},
    )
