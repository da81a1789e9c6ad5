"""Operators for verdicts, rules and groups, from the App and from Python."""

import json

import pytest
from called import FIELD, operator
from decision_calls import SAMPLES, ids, refused, run
from fiftyone.operators import types
from fiftyone.operators.executor import ExecutionContext, ExecutionError

FORMS = (
    "merge_duplicates",
    "restore_deleted",
    "list_deleted",
    "empty_trash",
    "list_groups",
    "set_verdict",
    "list_verdicts",
    "clear_verdicts",
    "set_class_pairs",
)


def form(name, dataset, **params):
    """Returns the form of an operator, with the fields that the App would draw."""
    ctx = ExecutionContext(
        operator_uri=operator(name).uri,
        request_params={
            "dataset_name": dataset.name,
            "params": params,
            "target": operator(name).uri,
        },
    )
    return operator(name).resolve_input(ctx)


@pytest.fixture
def dataset(make_dataset):
    made = make_dataset(SAMPLES)
    yield made
    run("clear_verdicts", made)


class TestForms:
    @pytest.mark.parametrize("name", FORMS)
    def test_every_form_resolves_without_scans_and_actions(self, dataset, name):
        assert isinstance(form(name, dataset).type, types.Object)
        json.dumps(form(name, dataset).to_json())

    @pytest.mark.parametrize("name", FORMS)
    def test_every_form_resolves_with_scans_and_actions(self, dataset, scan, name):
        run("tag_duplicates", dataset, scan_key=scan)
        key = run("delete_duplicates", dataset, scan_key=scan)["restore_key"]
        given = {
            "merge_duplicates": {"scan_key": scan, "how": "mean"},
            "list_groups": {"scan_key": scan, "keep": ["last", "largest"]},
            "restore_deleted": {"restore_key": key},
            "empty_trash": {"restore_key": key},
            "set_verdict": {"label_ids": ids(dataset)[:2]},
        }.get(name, {})
        resolved = form(name, dataset, **given)
        assert not any(p.invalid for p in resolved.type.properties.values())
        json.dumps(resolved.to_json())

    @pytest.mark.parametrize(
        ("name", "given"),
        [
            ("merge_duplicates", {"keep": "biggest"}),
            ("merge_duplicates", {"iou_thresh": 0.2, "metric": "ios"}),
            ("list_groups", {"keep": "biggest"}),
            ("set_class_pairs", {"class_pairs": "no JSON"}),
            ("set_class_pairs", {"class_pairs": '[{"classes": ["a"]}]'}),
        ],
    )
    def test_invalid_input_is_marked_in_the_form(self, dataset, scan, name, given):
        if name != "set_class_pairs":
            given = {"scan_key": scan, **given}
        resolved = form(name, dataset, **given)
        marked = [p for p in resolved.type.properties.values() if p.invalid]
        assert len(marked) == 1
        assert "expected" in marked[0].error_message


class TestLikelihood:
    def test_every_operator_with_a_plan_takes_the_same_labels(self, dataset, scan):
        cut = {"metric": "likelihood", "iou_thresh": 0.5}
        new = run("find_duplicates", dataset, label_field=FIELD, **cut)
        assert new["message"].count("(likelihood > 0.5, simple)") == 1
        assert new["count"] == len(new["label_ids"]) >= 2
        assert new["cost"]["right"] >= 0.5 * new["count"]

        plan = {"scan_key": scan, **cut}
        counts = run("list_class_pairs", dataset, **plan)
        assert counts["count"] >= new["count"]
        costs = run("list_costs", dataset, scan_key=scan, metric="likelihood")
        at_half = next(t for t in costs["thresholds"] if t["iou_thresh"] == 0.5)
        assert at_half["removed"] == new["count"]
        assert at_half["right"] == pytest.approx(new["cost"]["right"])
        for name in ("delete_duplicates", "merge_duplicates"):
            found = run(name, dataset, dry_run=True, **plan)
            assert found["count"] == new["count"]
        assert run("list_groups", dataset, **plan)["groups"]
        assert run("tag_duplicates", dataset, **plan)["count"] == new["count"]
        new_scan = {"label_field": FIELD, "what": "new", "tag": "new", **cut}
        assert run("tag_duplicates", dataset, **new_scan)["count"] == new["count"]
        assert run("delete_duplicates", dataset, **plan)["count"] == new["count"]

    def test_forms_offer_it_and_refuse_it_with_a_second_field(self, dataset, scan):
        given = {"label_field": FIELD, "metric": "likelihood"}
        found = form("find_duplicates", dataset, **given).type.properties
        assert found["iou_thresh"].view.label == "Likelihood threshold"
        assert "likelihood" in found["metric"].type.values
        dataset.clone_sample_field(FIELD, "other")
        resolved = form("find_duplicates", dataset, other_field="other", **given)
        marked = [p for p in resolved.type.properties.values() if p.invalid]
        assert [m.error_message.count("two fields") for m in marked] == [1]
        with pytest.raises(ExecutionError, match="metric"):
            run("compute_max_ious", dataset, **given)


class TestVerdicts:
    def test_the_verdict_on_a_group_is_respected_until_it_is_cleared(
        self, dataset, scan
    ):
        group = ids(dataset)[2:]
        assert run("set_verdict", dataset, label_ids=group)["count"] == 3
        listed = run("list_verdicts", dataset)
        assert listed["count"] == 3
        assert {i for v in listed["verdicts"] for i in v["label_ids"]} == set(group)

        found = run("find_duplicates", dataset, label_field=FIELD)
        assert found["label_ids"] == ids(dataset)[1:2]
        assert run("clear_verdicts", dataset, label_ids=group[:2])["count"] == 1
        assert run("clear_verdicts", dataset)["count"] == 2
        assert run("list_verdicts", dataset)["count"] == 0
        found = run("find_duplicates", dataset, label_field=FIELD)
        assert found["count"] == 3

    @pytest.mark.parametrize(
        "given",
        [{}, {"label_ids": []}, {"label_ids": ["a", "b"]}, {"label_ids": [None, None]}],
    )
    def test_invalid_input_is_reported_in_one_sentence(self, dataset, given):
        refused("set_verdict", dataset, **given)
        assert run("list_verdicts", dataset)["count"] == 0

    def test_an_unknown_verdict_is_reported_in_one_sentence(self, dataset):
        refused("set_verdict", dataset, label_ids=ids(dataset)[:2], verdict="same")


class TestClassPairs:
    @pytest.mark.parametrize(
        "given",
        [
            {"class_pairs": [{"classes": ["car", "truck"], "may_overlap": True}]},
            {"pairs": [{"classes": ["car", "truck"], "may_overlap": True}]},
            {"first_class": "truck", "second_class": "car", "rule": "may_overlap"},
        ],
        ids=["from Python", "by the earlier name", "in the form"],
    )
    def test_class_pair_rules_are_set(self, dataset, scan, given):
        done = run("set_class_pairs", dataset, **given)
        assert done["count"] == 1
        assert (
            "The counts of 1 stored scan do not include this change." in done["message"]
        )
        assert run("list_groups", dataset, scan_key=scan)["count"] == 1
        assert run("set_class_pairs", dataset, class_pairs=[])["count"] == 0
        assert run("list_groups", dataset, scan_key=scan)["count"] == 2

    def test_the_form_changes_one_pair_and_keeps_the_others(self, dataset, scan):
        pair = {"first_class": "car", "second_class": "truck"}
        other = {"classes": ["a", "b"], "may_overlap": True}
        run("set_class_pairs", dataset, class_pairs=[other])
        own = {"rule": "iou_thresh", "iou_thresh": 0.9}
        done = run("set_class_pairs", dataset, **pair, **own)
        assert "a and b may overlap, car and truck: above 0.9." in done["message"]
        done = run("set_class_pairs", dataset, **pair, rule="none")
        assert [rule["classes"] for rule in done["class_pairs"]] == [["a", "b"]]

    def test_the_form_offers_the_classes_of_the_newest_scan(self, dataset, scan):
        fields = form("set_class_pairs", dataset).type.properties
        offered = [one.value for one in fields["first_class"].view.choices]
        assert {"car", "truck"} <= set(offered)
        assert not any(
            isinstance(field.view, types.CodeView) for field in fields.values()
        )

    @pytest.mark.parametrize(
        "class_pairs", ["no JSON", "{}", 5, [5], [{"classes": ["a", "b"]}], [{}]]
    )
    def test_invalid_input_is_reported_in_one_sentence_and_changes_nothing(
        self, dataset, scan, class_pairs
    ):
        run(
            "set_class_pairs",
            dataset,
            class_pairs=[{"classes": ["car", "truck"], "iou_thresh": 0.9}],
        )
        refused("set_class_pairs", dataset, class_pairs=class_pairs)
        assert run("list_groups", dataset, scan_key=scan)["count"] == 1


class TestGroups:
    def test_a_page_lists_the_kept_labels_with_reasons(self, dataset, scan):
        page = run("list_groups", dataset, scan_key=scan, keep="highest_confidence")
        json.dumps(page)
        assert (page["count"], page["chains"]) == (2, 0)
        sizes = {group["size"]: group for group in page["groups"]}
        car, truck = sizes[2]["members"]
        assert (car["is_kept"], truck["is_kept"]) == (False, True)
        assert car["reason"] == "confidence 0.9 > 0.5"
        assert car["partner_id"] == truck["label_id"]
        assert sizes[3]["n_pairs"] == 3
        first, second = (
            run("list_groups", dataset, scan_key=scan, offset=k, limit=1)["groups"]
            for k in range(2)
        )
        assert {first[0]["size"], second[0]["size"]} == {2, 3}

    @pytest.mark.parametrize(
        "given",
        [
            {"scan_key": "nothing"},
            {"offset": -1},
            {"limit": "ten"},
            {"method": "best"},
            {"iou_thresh": 0.01},
            {"keep": "biggest"},
            {"metric": "giou"},
            {"other": 1},
        ],
    )
    def test_invalid_input_is_reported_in_one_sentence(self, dataset, scan, given):
        refused("list_groups", dataset, **{"scan_key": scan, **given})


def test_all_methods_are_offered_with_a_description(make_dataset):
    chain = [("a", [0.1 + 0.02 * k, 0.1, 0.1, 0.1]) for k in range(4)]
    dataset = make_dataset([chain])
    counts = {
        method: run(
            "find_duplicates",
            dataset,
            label_field=FIELD,
            iou_thresh=0.6,
            method=method,
        )["count"]
        for method in ("simple", "greedy", "nms", "fewest")
    }
    assert counts == {"simple": 3, "greedy": 2, "nms": 2, "fewest": 2}
