"""Labels of every kind, and labels of frames, can be changed and restored."""

import os
import pathlib
import subprocess
import sys
import time

import bson
import pytest
from drawn import FIELD
from drawn_plans import Drawn

from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import confirm, delete, restore, tag
from duplicates.labels.edits.writing import undo
from duplicates.labels.review import views
from duplicates.labels.review.groups import list_groups
from duplicates.labels.review.pairs import list_pairs
from duplicates.labels.scans import search
from duplicates.labels.scans.freshness import check_freshness

ROOT = pathlib.Path(__file__).resolve().parents[3]

ON_SAMPLES = [
    *("polygons", "lines", "keypoints", "masks", "masks in files"),
    *("cuboids with yaw", "segments"),
]
ON_FRAMES = ["boxes", "polygons", "keypoints", "masks"]
WHERE = [(name, False) for name in ON_SAMPLES] + [(name, True) for name in ON_FRAMES]


@pytest.fixture(params=WHERE, ids=str)
def work(request, tmp_path, database):
    drawn_work = Drawn(*request.param, str(tmp_path))
    yield drawn_work
    drawn_work.dataset.delete()


@pytest.fixture
def video(tmp_path, database):
    drawn_work = Drawn("boxes", True, str(tmp_path))
    yield drawn_work
    drawn_work.dataset.delete()


def test_a_deleted_plan_is_restored_byte_for_byte(work):
    before, ids = work.raw(), work.ids()
    removed_ids = [removal.label_id for removal in work.plan.removals]
    done = delete.delete_plan(work.dataset, work.plan)

    assert done.count == len(removed_ids)
    assert work.ids() == [i for i in ids if i not in set(removed_ids)]
    back = restore.restore(work.dataset, done.restore_key)
    assert back.count == len(removed_ids)
    assert work.raw() == before


def test_a_tag_can_be_set_deleted_by_removed_and_restored(work):
    before = work.raw()
    tagged = tag.tag_plan(work.dataset, work.plan, "dup")
    counts = work.dataset.count_values(f"{work.path}.tags")
    assert counts == {"dup": tagged.count} == {"dup": len(work.plan)}
    with_tags = work.raw()

    off = tag.untag(work.dataset, work.field, "dup")
    assert off.count == tagged.count
    restore.restore(work.dataset, off.restore_key)
    assert work.raw() == with_tags

    gone = delete.delete_tagged(work.dataset, work.field, "dup")
    assert gone.count == tagged.count
    restore.restore(work.dataset, gone.restore_key)
    assert work.raw() == with_tags
    restore.restore(work.dataset, tagged.restore_key)
    assert work.raw() == before


def test_a_scan_notices_edited_labels(work):
    assert check_freshness(work.dataset, work.found.scan_key).is_up_to_date
    tag.tag_plan(work.dataset, work.plan, "dup")
    assert check_freshness(work.dataset, work.found.scan_key).is_up_to_date

    gone = delete.delete_plan(work.dataset, work.plan)
    stands = check_freshness(work.dataset, work.found.scan_key)
    assert (stands.added, stands.removed) == (0, 0)
    assert stands.edited == gone.samples > 0
    restore.restore(work.dataset, gone.restore_key)
    assert check_freshness(work.dataset, work.found.scan_key).is_up_to_date


def test_pairs_and_groups_are_listed_and_shown(work):
    pairs = list_pairs(work.dataset, work.found.scan_key).pairs
    groups = list_groups(work.dataset, work.found.scan_key).groups
    samples = set(work.dataset.values("id"))

    assert pairs
    assert groups
    for row in (*pairs, *groups):
        assert row["sample_id"] in samples
        if work.frames:
            assert row["frame_number"] >= 1
            assert row["frame_id"]
    for mode in ("samples", "labels"):
        view = views.plan_view(work.dataset, work.plan, mode)
        shown = {i for i in view.values(f"{work.path}.id", unwind=True) if i}
        assert {removal.label_id for removal in work.plan.removals} <= shown


EDITS = {
    "boxes": ("bounding_box", [0.9, 0.9, 0.01, 0.01]),
    "polygons": ("points", [[[0.9, 0.9], [0.95, 0.9], [0.95, 0.95]]]),
    "lines": ("points", [[[0.9, 0.9], [0.95, 0.9], [0.95, 0.95]]]),
    "keypoints": ("points", [[0.9, 0.9], [9, 9], [0, 9], [9, 0], [5, 5]]),
    "masks": ("bounding_box", [0.9, 0.9, 0.05, 0.05]),
    "cuboids with yaw": ("location", [90.0, 90.0, 90.0]),
    "segments": ("support", [900, 901]),
}


@pytest.mark.parametrize("where", [w for w in WHERE if w[0] in EDITS], ids=str)
def test_labels_edited_since_the_scan_are_skipped(tmp_path, database, where):
    work = Drawn(*where, str(tmp_path))
    first = work.plan.removals[0]
    key, value = EDITS[where[0]]
    path = f"{FIELD}.{work.case.list_name}"
    work.documents.update_one(
        {f"{path}._id": bson.ObjectId(first.label_id)},
        {
            "$set": {f"{path}.$.{key}": value},
            "$currentDate": {"last_modified_at": True},
        },
    )
    assert check_freshness(work.dataset, work.found.scan_key).edited == 1
    done = delete.delete_plan(work.dataset, work.plan)

    assert first.label_id in work.ids()
    assert done.skipped.reasons[confirm.CHANGED] >= 1
    assert done.count + done.skipped.reasons[confirm.CHANGED] == len(work.plan)
    work.dataset.delete()


class TestFrames:
    """Behavior that only labels of frames have."""

    def test_writing_a_frame_stamps_the_frame_and_its_sample(self, video):
        stamps = {d["_id"]: d["last_modified_at"] for d in video.documents.find()}
        samples = video.dataset._sample_collection
        of_samples = {d["_id"]: d["last_modified_at"] for d in samples.find()}
        time.sleep(0.01)
        tag.tag_plan(video.dataset, video.plan, "dup")
        written = {bson.ObjectId(r.frame_id) for r in video.plan.removals}
        owners = {bson.ObjectId(r.sample_id) for r in video.plan.removals}

        for document in video.documents.find():
            is_later = document["last_modified_at"] > stamps[document["_id"]]
            assert is_later == (document["_id"] in written)
        for document in samples.find():
            is_later = document["last_modified_at"] > of_samples[document["_id"]]
            assert is_later == (document["_id"] in owners)

    def test_removals_have_sample_id_frame_id_and_frame_number(self, video):
        for removal in video.plan.removals:
            frame = video.documents.find_one({"_id": bson.ObjectId(removal.frame_id)})
            assert str(frame["_sample_id"]) == removal.sample_id
            assert frame["frame_number"] == removal.frame_number

    def test_saving_samples_and_frames_in_memory_restores_no_label(self, video):
        held = list(video.dataset)
        frames = [frame for sample in held for frame in sample.frames.values()]
        delete.delete_plan(video.dataset, video.plan)
        removed_ids = {removal.label_id for removal in video.plan.removals}
        left = video.ids()

        for frame in frames:
            labels = frame[FIELD].detections if frame[FIELD] else []
            assert not removed_ids & {label.id for label in labels}
            for label in labels:
                label["note"] = "kept"
        for sample in held:
            sample["weather"] = "rain"
            sample.save()
        video.dataset.reload()
        assert video.ids() == left
        assert not any(
            "_id" not in label
            for frame in video.documents.find()
            for label in (frame.get(FIELD) or {}).get("detections", ())
        )

    def test_saving_frames_in_memory_keeps_max_ious(self, video):
        from duplicates.iou_core.params import ComputeParams
        from duplicates.labels.edits.max_iou import compute_max_ious

        held = list(video.dataset)
        compute_max_ious(video.dataset, ComputeParams(video.field))
        expected = video.dataset.values(f"{video.path}.max_iou")
        for sample in held:
            for frame in sample.frames.values():
                frame["note"] = "seen"
            sample.save()

        assert video.dataset.values(f"{video.path}.max_iou") == expected

    @pytest.mark.slow
    def test_an_action_is_undone_after_a_restart(self, video):
        video.dataset.persistent = True
        before = video.raw()
        done = delete.delete_plan(video.dataset, video.plan)
        script = """
import sys
sys.path.insert(0, sys.argv[1])
import duplicates_loader
duplicates_loader.load()
import fiftyone as fo
from duplicates.labels.edits import restore
print(restore.restore(fo.load_dataset(sys.argv[2]), sys.argv[3]).count)
"""
        arguments = [str(ROOT), video.dataset.name, done.restore_key]
        ended = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=dict(os.environ),
        )
        assert ended.returncode == 0, ended.stderr[-2000:]
        assert ended.stdout.splitlines()[-1] == str(len(video.plan))
        assert video.raw() == before

    def test_a_deleted_frame_is_reported(self, video):
        done = delete.delete_plan(video.dataset, video.plan)
        first = video.plan.removals[0]
        video.documents.delete_one({"_id": bson.ObjectId(first.frame_id)})
        lost = [r for r in video.plan.removals if r.frame_id == first.frame_id]
        back = restore.restore(video.dataset, done.restore_key)

        assert back.skipped.reasons == {undo.GONE: len(lost)}
        assert back.count == len(video.plan) - len(lost)

    def test_patches_of_frames_are_an_error(self, video):
        with pytest.raises(ParamsError, match="mode: expected samples or labels"):
            views.plan_view(video.dataset, video.plan, "patches")


def test_tracks_are_computed_from_the_labels_at_the_time_of_the_scan(work):
    params = FindParams(work.field, iou_thresh=0.3, **work.case.options)
    again = search.find_duplicates(work.dataset, params)
    assert again.label_ids == work.found.label_ids

    delete.delete_plan(work.dataset, work.plan)
    continued = search.find_duplicates(work.dataset, params)
    full = search.find_duplicates(work.dataset, params, record=False)
    assert continued.label_ids == full.label_ids == []
    assert continued.config["labels"] == again.config["labels"] - len(work.plan)
