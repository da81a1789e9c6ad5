"""Tracks of one object that overlap over a span of frames."""

import fiftyone as fo
import pytest
from drawn import FIELD

from duplicates.iou_core.errors import FieldError
from duplicates.iou_core.params import FindParams
from duplicates.labels.review import tracks
from duplicates.labels.scans import search


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
