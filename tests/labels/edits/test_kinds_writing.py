"""Labels of every kind, and labels of frames, can be changed and restored."""

import os
import pathlib
import subprocess
import sys
import time

import bson
import drawn
import fiftyone as fo
import numpy as np
import pytest
import shapely
from drawn import CASES, FIELD

from duplicates.iou_core.errors import FieldError, ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import confirm, delete, merge, restore, tag
from duplicates.labels.edits.writing import undo
from duplicates.labels.review import tracks, views
from duplicates.labels.review.groups import list_groups
from duplicates.labels.review.pairs import list_pairs
from duplicates.labels.scans import plans, search
from duplicates.labels.scans.freshness import check_freshness

ROOT = pathlib.Path(__file__).resolve().parents[3]
ON_SAMPLES = [
    *("polygons", "lines", "keypoints", "masks", "masks in files"),
    *("cuboids with yaw", "segments"),
]
ON_FRAMES = ["boxes", "polygons", "keypoints", "masks"]
WHERE = [(name, False) for name in ON_SAMPLES] + [(name, True) for name in ON_FRAMES]
ACTIONS = {
    "delete": delete.delete_plan,
    "tag": lambda dataset, plan: tag.tag_plan(dataset, plan, "new"),
}


class Drawn:
    """A dataset of a case, with a scan and its plan."""

    def __init__(self, name, frames, folder):
        self.case = CASES[name]
        self.dataset = drawn.dataset(
            self.case, seed=11, n=6, folder=folder, frames=frames
        )
        self.field = f"frames.{FIELD}" if frames else FIELD
        self.path = f"{self.field}.{self.case.list_name}"
        self.frames = frames
        self.scan()

    def scan(self):
        params = FindParams(self.field, iou_thresh=0.3, **self.case.options)
        self.found = search.find_duplicates(self.dataset, params)
        self.plan = plans.plan(self.dataset, self.found.scan_key)
        assert len(self.plan) > 3

    @property
    def documents(self):
        """Returns the collection of the samples or frames."""
        dataset = self.dataset
        return dataset._frame_collection if self.frames else dataset._sample_collection

    def raw(self):
        """Returns the bytes of the documents, except for the stamps."""
        return {
            document["_id"]: bson.encode(
                {k: v for k, v in document.items() if k != "last_modified_at"}
            )
            for document in self.documents.find()
        }

    def ids(self):
        """Returns the ids of all labels, in order."""
        return [i for i in self.dataset.values(f"{self.path}.id", unwind=True) if i]

    def rings(self):
        """Returns the rings of each polyline by its id."""
        return {
            str(label["_id"]): label["points"]
            for document in self.documents.find()
            for label in (document.get(FIELD) or {}).get("polylines", ())
        }


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


class TestMerging:
    """Merging masks and polygons into their union, and its undo."""

    @pytest.mark.parametrize("seed", range(4))
    @pytest.mark.parametrize("in_files", [False, True])
    def test_masks_become_their_union(self, database, tmp_path, seed, in_files):
        rng = np.random.default_rng(seed)
        labels, canvas = [], np.zeros((64, 64), dtype=bool)
        x, y = rng.integers(10, 20, 2)
        for _ in range(3):
            left, top = x + rng.integers(0, 4), y + rng.integers(0, 4)
            height, width = rng.integers(18, 26, 2)
            mask = rng.random((height, width)) < 0.9
            canvas[top : top + height, left : left + width] |= mask
            box = [float(v / 64) for v in (left, top, width, height)]
            labels.append(fo.Detection(label="a", bounding_box=box, mask=mask))
        if in_files:
            for label in labels:
                label.export_mask(str(tmp_path / f"{label.id}.png"), update=True)
        dataset = fo.Dataset()
        value = fo.Detections(detections=labels)
        dataset.add_sample(fo.Sample(filepath="/a.png", gt=value))
        before = list(dataset._sample_collection.find({}, {FIELD: True}))
        params = FindParams(FIELD, use_masks=True, iou_thresh=0.2)
        found = search.find_duplicates(dataset, params)
        done = merge.merge_plan(dataset, plans.plan(dataset, found.scan_key))
        dataset.reload()

        (label,) = dataset.first()[FIELD].detections
        left, top, width, height = (round(v * 64) for v in label.bounding_box)
        assert label.mask.shape == (height, width)
        united = np.zeros((64, 64), dtype=bool)
        united[top : top + height, left : left + width] = label.mask.astype(bool)
        assert (united == canvas).all()
        restore.restore(dataset, done.restore_key)
        assert list(dataset._sample_collection.find({}, {FIELD: True})) == before
        dataset.delete()

    @pytest.mark.parametrize("frames", [False, True])
    def test_polygons_become_their_union(self, database, frames):
        work = Drawn("polygons", frames, None)
        rings = work.rings()
        before = work.raw()
        into = {}
        removed_ids = {removal.label_id for removal in work.plan.removals}
        for removal in work.plan.removals:
            if removal.partner_id not in removed_ids:
                into.setdefault(removal.partner_id, []).append(removal.label_id)
        done = merge.merge_plan(work.dataset, work.plan)
        after = work.rings()
        assert done.count == sum(map(len, into.values())) > 3
        for keeper, parts in into.items():
            expected = _area([ring for i in (keeper, *parts) for ring in rings[i]])
            assert _area(after[keeper]) == pytest.approx(expected, abs=1e-9)
        restore.restore(work.dataset, done.restore_key)
        assert work.raw() == before
        work.dataset.delete()

    @pytest.mark.parametrize("name", ["keypoints", "segments"])
    def test_labels_without_a_union_are_an_error(self, database, name):
        work = Drawn(name, False, None)
        before = work.raw()

        with pytest.raises(FieldError, match="boxes, instance masks or polygons"):
            merge.merge_plan(work.dataset, work.plan)
        assert work.raw() == before
        work.dataset.delete()

    @pytest.mark.parametrize("name", ["lines", "cuboids with yaw"])
    def test_merging_lines_or_cuboids_is_an_error_and_changes_nothing(
        self, database, name
    ):
        work = Drawn(name, False, None)
        before = work.raw()

        with pytest.raises(FieldError, match="to merge"):
            merge.merge_plan(work.dataset, work.plan)
        assert work.raw() == before
        work.dataset.delete()

    def test_polygons_have_no_mean(self, database):
        work = Drawn("polygons", False, None)

        with pytest.raises(ParamsError, match="polygons have no mean"):
            merge.merge_plan(work.dataset, work.plan, "mean")
        work.dataset.delete()


def _area(rings):
    parts = [shapely.Polygon(ring).buffer(0) for ring in rings]
    return shapely.union_all(parts).area


class TestTracks:
    """Two tracks that cover one object over a span of frames."""

    @pytest.fixture
    def dataset(self, database):
        dataset = fo.Dataset()
        one, other = fo.Instance(), fo.Instance()
        for k in range(2):
            sample = fo.Sample(filepath=f"/{k}.mp4")
            for number in range(1, 11):
                x = 0.02 * number
                labels = [_tracked("car", x, index=1), _tracked("dog", 0.6, index=2)]
                if 3 <= number <= 6:
                    labels.append(_tracked("truck", x + 0.01, index=7))
                if k and number > 7:
                    labels.append(_tracked("cat", 0.6, instance=one))
                    labels.append(_tracked("cat", 0.605, instance=other))
                if number == 9:
                    labels.append(_tracked("car", x))
                value = fo.Detections(detections=labels)
                sample.frames[number] = fo.Frame(gt=value)
            dataset.add_sample(sample)
        yield dataset
        dataset.delete()

    def listed(self, dataset, **options):
        params = FindParams(f"frames.{FIELD}", iou_thresh=0.5)
        found = search.find_duplicates(dataset, params)
        return tracks.list_tracks(dataset, found.scan_key, **options)

    def test_spans_shares_and_mean_ious_follow_from_the_frames(self, dataset):
        found = self.listed(dataset)
        cars = [t for t in found if t["tracks"][0]["class"] == "car"]

        assert len(cars) == 2
        for track, sample_id in zip(cars, dataset.values("id"), strict=True):
            assert track["sample_id"] == sample_id
            assert [t["identity"] for t in track["tracks"]] == ["1", "7"]
            assert [t["frames"] for t in track["tracks"]] == [10, 4]
            assert (track["first_frame"], track["last_frame"]) == (3, 6)
            assert (track["frames"], track["share"]) == (4, 1)
            assert track["mean_iou"] == pytest.approx(0.19 / 0.21)

    def test_instances_are_tracks_and_labels_without_identity_are_ignored(
        self, dataset
    ):
        found = self.listed(dataset)
        with_cats = [t for t in found if {s["class"] for s in t["tracks"]} != {"car"}]

        # two instances and the dog in the same place
        assert sum(t["frames"] == 3 for t in with_cats) == 3
        assert all(s["identity"] != "None" for t in found for s in t["tracks"])

    def test_short_tracks_are_ignored(self, dataset):
        assert {t["frames"] for t in self.listed(dataset)} == {3, 4}
        assert {t["frames"] for t in self.listed(dataset, min_frames=4)} == {4}
        assert self.listed(dataset, min_frames=5) == []

    def test_a_scan_of_samples_is_an_error(self, make_dataset):
        dataset = make_dataset([[("a", [0, 0, 1, 1])] * 2])
        found = search.find_duplicates(dataset, FindParams("ground_truth"))

        with pytest.raises(FieldError, match="scan_key: expected a scan of the labels"):
            tracks.list_tracks(dataset, found.scan_key)


def _tracked(name, x, **identity):
    return fo.Detection(label=name, bounding_box=[x, 0.1, 0.2, 0.2], **identity)


def test_tracks_are_computed_from_the_labels_at_the_time_of_the_scan(work):
    params = FindParams(work.field, iou_thresh=0.3, **work.case.options)
    again = search.find_duplicates(work.dataset, params)
    assert again.label_ids == work.found.label_ids

    delete.delete_plan(work.dataset, work.plan)
    continued = search.find_duplicates(work.dataset, params)
    full = search.find_duplicates(work.dataset, params, record=False)
    assert continued.label_ids == full.label_ids == []
    assert continued.config["labels"] == again.config["labels"] - len(work.plan)
