"""Parameters that match no label are errors, which list the existing values."""

import pytest
from bson import ObjectId

from duplicates.iou_core.errors import FieldError, ParamsError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits import max_iou
from duplicates.labels.scans import plans, search
from duplicates.labels.scans.decisions import presence

FIELD = "ground_truth"
BOX = [0.1, 0.1, 0.2, 0.2]
PART = [0.12, 0.12, 0.1, 0.1]


def found(dataset, **options):
    return search.find_duplicates(dataset, FindParams(FIELD, **options))


@pytest.fixture
def dataset(make_dataset):
    traits = [
        {"tags": ["reviewed"], "rev": True, "n": 2.0, "by": "alice"},
        {"tags": ["reviewed", "old"], "rev": False, "n": 1.0, "by": "bob"},
    ]
    return make_dataset([[("car", BOX, t) for t in traits], [("truck", BOX)], []])


class TestKeepRules:
    @pytest.mark.parametrize(
        ("keep", "message"),
        [
            (
                "tagged:reviewd",
                "no label has the tag 'reviewd'; there are: reviewed (2), old (1)",
            ),
            (
                "classes:trcuk",
                "no label has the class 'trcuk'; there are: car (2), truck (1)",
            ),
            (
                "attribute:by=carol,dan",
                "no label has the by 'carol' or 'dan'; there are: alice (1), bob (1)",
            ),
            ("attribute:n=3", "no label has the n '3'; there are: 1.0 (1), 2.0 (1)"),
            (
                "attribute:annotator=alice",
                "no label has the attribute 'annotator'; "
                "there are: by (2), n (2), rev (2)",
            ),
            ("highest_confidence", "no label has a confidence"),
        ],
    )
    def test_a_rule_that_matches_no_label_is_an_error(self, dataset, keep, message):
        with pytest.raises(ParamsError) as caught:
            found(dataset, keep=keep)
        expected = f"keep: expected a rule that some label matches, got {keep!r}: "
        assert str(caught.value) == expected + message

        scan = found(dataset)
        with pytest.raises(ParamsError, match="that some label matches"):
            plans.plan(dataset, scan.scan_key, keep=keep)

    @pytest.mark.parametrize(
        "keep",
        [
            "tagged:old",
            "classes:van,truck",
            "attribute:rev=true",
            "attribute:rev=True",
            "attribute:rev=yes",
            "attribute:n=2",
            "attribute:n=2.0",
            "attribute:by=carol,alice",
            "largest",
        ],
    )
    def test_a_rule_that_matches_a_label_is_valid(self, dataset, keep):
        assert len(found(dataset, keep=keep).label_ids) == 1

    @pytest.mark.parametrize("keep", ["attribute:rev=false", "attribute:n=1"])
    def test_values_are_compared_in_their_type(self, dataset, keep):
        reviewed = dataset.first().ground_truth.detections[0].id

        assert found(dataset, keep=keep).label_ids == [reviewed]

    @pytest.mark.parametrize(
        "traits", [{"confidence": 0.5, "tags": ["x"], "note": None}, {"rotation": 30.0}]
    )
    def test_most_attributes_is_an_error_if_no_label_has_one(self, raw_dataset, traits):
        labels = [{"_id": ObjectId(), "bounding_box": BOX, **traits} for _ in "ab"]
        documents = [{FIELD: {"detections": held}} for held in (labels, [], None)]
        dataset = raw_dataset(documents)

        with pytest.raises(ParamsError, match="no label has an attribute"):
            found(dataset, keep="most_attributes")

    @pytest.mark.parametrize("traits", [{"note": "x"}, {"attributes": {"note": "x"}}])
    def test_most_attributes_is_valid_if_a_label_has_one(self, raw_dataset, traits):
        labels = [{"_id": ObjectId(), "bounding_box": BOX} for _ in "abc"]
        lists = labels[:2], [{**labels[2], **traits}, 5]
        dataset = raw_dataset([{FIELD: {"detections": held}} for held in lists])

        assert len(found(dataset, keep="most_attributes").label_ids) == 1

    def test_a_class_that_only_the_view_has_is_valid(self, dataset):
        view = dataset.map_labels(FIELD, {"car": "vehicle"})
        scan = found(view, keep="classes:vehicle")

        assert len(plans.plan(dataset, scan.scan_key)) == 1
        with pytest.raises(ParamsError, match="there are: vehicle"):
            found(view, keep="classes:car")

    def test_every_rule_is_valid_for_a_field_without_labels(self, make_dataset):
        assert found(make_dataset([[]]), keep="tagged:x").label_ids == []

    def test_the_result_is_cached_until_a_sample_changes(self, dataset, monkeypatch):
        looks = []
        first = presence._StoredLabels._first

        def look(self, match):
            looks.append(match)
            return first(self, match)

        monkeypatch.setattr(presence._StoredLabels, "_first", look)
        params = FindParams(FIELD, keep="tagged:seen")
        for _ in range(3):
            with pytest.raises(ParamsError):
                presence.require_present(dataset, params)
        assert len(looks) == 2

        sample = dataset.first()
        sample.ground_truth.detections[0].tags.append("seen")
        sample.save()
        presence.require_present(dataset, params)


class TestCrowds:
    @pytest.mark.parametrize(
        ("value", "is_crowd"),
        [
            ("0", False),
            ("false", False),
            ("No", False),
            ("", False),
            (float("nan"), False),
            (0, False),
            (None, False),
            ("1", True),
            ("TRUE", True),
            (" yes ", True),
            (1.0, True),
            (True, True),
        ],
    )
    def test_common_spellings_are_read(self, make_dataset, value, is_crowd):
        other = {"crowd": "true"}
        labels = [("a", BOX, {"crowd": value}), ("a", BOX)]
        dataset = make_dataset([labels, [("b", BOX, other)]])
        label_ids = found(dataset, iscrowd="crowd").label_ids

        assert len(label_ids) == (0 if is_crowd else 1)

    @pytest.mark.parametrize("value", ["maybe", "2", "ja", [1], {"is": True}])
    def test_the_error_for_any_other_value_quotes_it(self, raw_dataset, value):
        labels = [
            {"_id": k, "label": "a", "bounding_box": BOX, "crowd": flag}
            for k, flag in ((None, 1), (None, value))
        ]
        dataset = _with_labels(raw_dataset, labels)
        for run in (found, _stored):
            with pytest.raises(FieldError) as caught:
                run(dataset, iscrowd="crowd")
            assert repr(value) in str(caught.value)
            assert str(caught.value).startswith("iscrowd: expected a number, a bool")

    def test_an_attribute_that_no_label_has_is_an_error(self, dataset):
        for run in (found, _stored):
            with pytest.raises(ParamsError) as caught:
                run(dataset, iscrowd="iscrwd")
            assert str(caught.value) == (
                "iscrowd: expected an attribute that labels have, got 'iscrwd', which"
                " no label has; there are: by (2), n (2), rev (2)"
            )


def _stored(dataset, **options):
    return max_iou.compute_max_ious(dataset, ComputeParams(FIELD, **options))


def _with_labels(raw_dataset, labels):
    from bson import ObjectId

    whole = [{**label, "_cls": "Detection", "_id": ObjectId()} for label in labels]
    return raw_dataset([{FIELD: {"_cls": "Detections", "detections": whole}}])
