"""Own tags stay the plugin's if a field is renamed, or other fields are written."""

import os

import pytest
from bson import ObjectId
from filmed import add_video
from own_tagged import BOX, FAR, FIELD, TAG, of_plan, own, retag, tagged_now

from duplicates.iou_core.errors import NewerError, ParamsError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels import store
from duplicates.labels.edits import delete, max_iou, tag, tagged
from duplicates.labels.edits.restore import restore
from duplicates.labels.edits.writing import own_tags, renamed_tags, tag_follower, writer
from duplicates.labels.fields import require_label_field
from duplicates.labels.scans import plans, search

OLD, NEW = FIELD, "checked"
LABELS = [("car", BOX), ("car", BOX), ("bus", FAR)]


@pytest.fixture
def dataset(make_dataset):
    return make_dataset([LABELS] * 3)


def plan_of(dataset, name, method="simple"):
    key = search.find_duplicates(dataset, FindParams(name)).scan_key
    return plans.plan(dataset, key, method=method)


def records(dataset):
    return store.collection("own_tags").find({"dataset_id": dataset._doc.id})


def test_a_second_tagging_replaces_the_first_after_the_field_was_renamed(dataset):
    retag(dataset, plan_of(dataset, OLD))
    dataset.rename_sample_field(OLD, NEW)
    plan = plan_of(dataset, NEW, "greedy")

    state = tagged.compare(dataset, require_label_field(dataset, NEW), TAG, plan)
    assert state == tagged.TagState(tagged=3, missing=3, stale=3, by_hand=0)
    assert retag(dataset, plan).untagged == 3
    assert tagged_now(dataset, NEW) == of_plan(plan) == own(dataset, NEW)


def test_a_tag_that_a_person_took_off_after_the_renaming_is_not_the_plugins(dataset):
    plan = plan_of(dataset, OLD)
    retag(dataset, plan)
    dataset.rename_sample_field(OLD, NEW)
    dataset.limit(1).untag_labels(TAG)
    # a write of the plugin looks at its records
    max_iou.compute_max_ious(dataset, ComputeParams(NEW))

    first = ObjectId(plan.removals[0].label_id)
    assert own(dataset, NEW) == of_plan(plan) - {first}
    dataset.select_labels(ids=[str(first)]).tag_labels(TAG)
    assert own(dataset, NEW) == of_plan(plan) - {first}


def test_a_tagging_of_a_renamed_field_is_undone_after_the_one_that_replaced_it(dataset):
    first = retag(dataset, plan_of(dataset, OLD))
    dataset.rename_sample_field(OLD, NEW)
    second = retag(dataset, plan_of(dataset, NEW, "greedy"))
    dataset.rename_sample_field(NEW, "final")

    with pytest.raises(ParamsError, match=f"undo {second.restore_key} first"):
        restore(dataset, first.restore_key)
    restore(dataset, second.restore_key)
    restore(dataset, first.restore_key)
    assert tagged_now(dataset, "final") == own(dataset, "final") == set()


def test_tags_of_a_field_that_was_copied_stay_with_neither_once_it_is_gone(dataset):
    retag(dataset, plan_of(dataset, OLD))
    dataset.clone_sample_field(OLD, "copy")
    dataset.rename_sample_field(OLD, NEW)
    assert own(dataset, NEW) == own(dataset, "copy") == set()
    # the name that is back is certain
    dataset.rename_sample_field(NEW, OLD)
    assert len(own(dataset, OLD)) == 3


@pytest.mark.slow
def test_a_move_of_records_that_is_killed_is_finished_by_the_next(dataset, monkeypatch):
    plan = plan_of(dataset, OLD)
    retag(dataset, plan)
    dataset.rename_sample_field(OLD, NEW)
    monkeypatch.setattr(renamed_tags, "_AT_ONCE", 1)
    batches = renamed_tags._batches

    def die(*args):
        found = batches(*args)
        yield next(found)
        os._exit(9)

    child = os.fork()
    if not child:
        monkeypatch.setattr(renamed_tags, "_batches", die)
        own(dataset, NEW)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert len({record["field"] for record in records(dataset)}) == 2
    assert own(dataset, NEW) == of_plan(plan)
    assert {record["field"] for record in records(dataset)} == {NEW}


def test_records_of_a_newer_version_are_refused_before_anything_is_changed(dataset):
    retag(dataset, plan_of(dataset, OLD))
    store.collection("own_tags").update_many(
        {"dataset_id": dataset._doc.id}, {"$set": {"format": store.FORMAT + 1}}
    )
    before = list(dataset._sample_collection.find())
    with pytest.raises(NewerError, match="newer version"):
        delete.delete_tagged(dataset, OLD, TAG)
    assert list(dataset._sample_collection.find()) == before


@pytest.fixture
def video(make_dataset):
    """A video with events that overlap, and frames with duplicates."""
    import fiftyone as fo

    dataset = make_dataset([])
    dataset.media_type = "video"
    add_video(dataset, [[("car", BOX, 1), ("car", BOX, 2)]] * 3)
    sample = dataset.first()
    events = [fo.TemporalDetection(label="turn", support=[1, k]) for k in (9, 10)]
    sample["events"] = fo.TemporalDetections(detections=events)
    sample.save()
    return dataset


def test_writing_frames_makes_no_tag_of_their_video_a_persons(video):
    plan = plan_of(video, "events")
    retag(video, plan)
    assert len(own(video, "events")) == 1
    stamp = video.values("last_modified_at")
    for _ in range(2):
        done = tag.tag_plan(video, plan_of(video, "frames.boxes"), "other")
        assert video.values("last_modified_at") > stamp
        restore(video, done.restore_key)
        assert own(video, "events") == of_plan(plan)


KILLED = {
    "after the frames are written": (writer.Writer, "_command", True),
    "after the video is stamped": (tag_follower.Follower, "follow_stamps", False),
    "after the stamp is noted": (tag_follower.Follower, "follow_stamps", True),
}


@pytest.mark.slow
@pytest.mark.parametrize("point", KILLED)
def test_frames_that_are_killed_while_written_make_no_tag_a_persons(
    video, point, monkeypatch
):
    plan = plan_of(video, "events")
    retag(video, plan)
    frames = plan_of(video, "frames.boxes")
    holder, name, runs_first = KILLED[point]
    work = getattr(holder, name)

    def die(*args):
        if runs_first:
            work(*args)
        os._exit(9)

    child = os.fork()
    if not child:
        monkeypatch.setattr(holder, name, die)
        tag.tag_plan(video, frames, "other")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert own(video, "events") == of_plan(plan)


MOMENTS = {
    "after the intention is noted": (own_tags, "intend", True),
    "before the write": (writer.Writer, "_command", False),
    "after the write": (writer.Writer, "_command", True),
    "after the samples are noted": (tag_follower.Follower, "follow", True),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_write_of_another_field_at_any_moment_makes_no_tag_a_persons(
    dataset, moment, monkeypatch
):
    dataset.clone_sample_field(OLD, "other")
    plan = plan_of(dataset, OLD)
    others = plan_of(dataset, "other")
    holder, name, runs_first = MOMENTS[moment]
    work = getattr(holder, name)
    between = []

    def interrupted(*args):
        first = not between
        between.append(name)
        done = work(*args) if runs_first or not first else None
        if first:
            tag.tag_plan(dataset, others, "other tag")
        return done if runs_first or not first else work(*args)

    monkeypatch.setattr(holder, name, interrupted)
    retag(dataset, plan)
    assert len(between) > 1
    assert tagged_now(dataset, OLD) == of_plan(plan) == own(dataset, OLD)
    assert not [r for r in records(dataset) if r.get("stamping")]
