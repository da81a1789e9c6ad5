"""The panel's messages about groups, verdicts and class pairs."""

import sys

import fiftyone.operators as foo
import panel_calls
import pytest

NEAR = [0.1, 0.1, 0.4, 0.4]
SAMPLES = [
    [("car", NEAR, {"confidence": 0.9}), ("truck", NEAR, {"confidence": 0.7})],
    [("car", NEAR), ("car", NEAR), (None, [0.6, 0.6, 0.2, 0.2])],
    [
        ("person", [0.10, 0.1, 0.4, 0.4]),
        ("person", [0.14, 0.1, 0.4, 0.4]),
        ("person", [0.18, 0.1, 0.4, 0.4]),
    ],
]
"""A pair of two classes, a pair of one class, and a chain of three."""


@pytest.fixture
def dataset(make_dataset):
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.scans import search

    dataset = make_dataset(SAMPLES)
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    return dataset


ASKED = {
    "scan_key": "scan",
    "iou_thresh": 0.75,
    "method": "nms",
    "keep": ["highest_confidence"],
    "metric": "iou",
    "classes": None,
    "class_pair": None,
    "offset": 0,
    "limit": 10,
}


def test_groups_have_members_with_outcomes_and_reasons(app):
    answer = app.send("list_groups", **ASKED)
    assert (answer["total"], answer["chains"]) == (3, 1)
    pair = next(g for g in answer["groups"] if g["members"][0]["confidence"])
    members = [(m["label"], m["confidence"], m["is_kept"]) for m in pair["members"]]
    assert members == [("car", 0.9, True), ("truck", 0.7, False)]
    assert pair["members"][1]["reason"] == {
        "rule": "highest_confidence",
        "text": "confidence 0.9 > 0.7",
        "names_kept": True,
    }
    assert pair["filepath"].endswith("000000.jpg")
    likelihoods = [group["likelihood"] for group in answer["groups"]]
    assert likelihoods == sorted(likelihoods, reverse=True)


def test_groups_can_be_paged_and_filtered(app):
    pages = [
        app.send("list_groups", **{**ASKED, "offset": k, "limit": 1})["groups"]
        for k in range(4)
    ]
    assert [len(page) for page in pages] == [1, 1, 1, 0]

    def sizes(**restricted):
        found = app.send("list_groups", **{**ASKED, **restricted})
        assert found["total"] == len(found["groups"])
        return sorted(group["size"] for group in found["groups"])

    for class_pair in (["truck", "car"], ["car", "truck"], ["car", "car"]):
        assert sizes(class_pair=class_pair) == [2]
    assert sizes(class_pair=["person", "person"]) == [3]
    for class_pair in (["person", "car"], ["unicorn", "car"]):
        assert sizes(class_pair=class_pair) == []
    assert sizes(classes=["car"]) == [2, 2]
    assert sizes(classes=[None]) == []
    assert sizes(iou_thresh=0.99) == [2, 2]


def test_a_verdict_hides_the_group_until_it_is_cleared(app):
    group = app.send("list_groups", **{**ASKED, "class_pair": ["car", "truck"]})[
        "groups"
    ][0]
    ids = [member["label_id"] for member in group["members"]]

    asked = {"scan_key": None, "label_ids": ids, "who": "ana"}
    assert app.send("judge_labels", **asked)["pairs"] == 1
    assert app.send("judge_labels", **asked)["pairs"] == 0
    assert app.send("list_groups", **ASKED)["total"] == 2
    freshness = app.send("refresh", scan_key="scan", tag="duplicate")["freshness"]
    assert freshness["state"] == "changed"

    listed = app.send("list_verdicts", scan_key="scan")
    assert listed["total"] == 1
    (verdict,) = listed["verdicts"]
    assert sorted(verdict["labels"]) == ["car", "truck"]
    assert verdict["who"] == "ana"
    assert verdict["sample_id"] == group["sample_id"]

    assert app.send("clear_verdicts", scan_key=None, label_ids=ids) == {
        "ok": True,
        "request_id": 1,
        "pairs": 1,
        "total": 0,
        "summary": None,
    }
    assert app.send("list_groups", **ASKED)["total"] == 3
    freshness = app.send("refresh", scan_key="scan", tag="duplicate")["freshness"]
    assert freshness["state"] == "up_to_date"


def test_a_verdict_on_a_chain_applies_to_each_of_its_pairs(app):
    asked = {**ASKED, "class_pair": ["person", "person"]}
    (chain,) = app.send("list_groups", **asked)["groups"]
    assert chain["kind"] == "chain"
    ids = [member["label_id"] for member in chain["members"]]
    assert app.send("judge_labels", label_ids=ids)["pairs"] == 3
    assert app.send("clear_verdicts", label_ids=None)["pairs"] == 3


def test_a_group_is_opened_as_its_sample_with_its_labels_selected(app, dataset):
    ids = dataset.values("ground_truth.detections.id")[0]
    sample_id = str(dataset.first().id)
    asked = {"scan_key": "scan", "sample_id": sample_id, "label_ids": ids}
    assert app.send("show_group", **asked)["opened"]
    assert app.asked_for[:2] == ["set_selected_labels", "open_sample"]
    app.send("leave_sample")
    assert app.asked_for[0] == "clear_selected_labels"


def test_an_app_that_cannot_open_a_sample_shows_only_the_labels_of_a_group(
    app, dataset, monkeypatch
):
    from fiftyone.operators.operations import Operations

    from duplicates.iou_core.params import FindParams
    from duplicates.labels.review import views

    monkeypatch.delattr(Operations, "open_sample")
    ids = dataset.values("ground_truth.detections.id")[0]
    sample_id = str(dataset.first().id)
    app.send("show_group", scan_key="scan", sample_id=sample_id, label_ids=ids[:1])
    assert "set_view" in app.asked_for
    params = FindParams("ground_truth")
    view = views.group_view(dataset, params, [sample_id], ids[:1])
    assert view.values("ground_truth.detections.id") == [ids[:1]]
    assert views.is_plan_view(view)


class TestNumbersAfterAVerdict:
    """The open scan is updated automatically if that is fast."""

    def going(self, summary):
        return summary["curves"]["simple"]["labels"][70]

    def keys(self, app):
        return [scan["scan_key"] for scan in app.send("open_panel")["scans"]]

    def pair(self, app, classes, scan_key="scan"):
        asked = {**ASKED, "class_pair": classes, "scan_key": scan_key}
        group = app.send("list_groups", **asked)["groups"][0]
        return [member["label_id"] for member in group["members"]]

    def test_the_numbers_equal_those_of_a_full_scan(self, app, dataset):
        from duplicates.iou_core.params import FindParams
        from duplicates.labels.scans import search

        before = app.send("open_scan", scan_key="scan")["summary"]
        ids = self.pair(app, ["car", "truck"])
        summary = app.send("judge_labels", scan_key="scan", label_ids=ids)["summary"]

        assert self.going(summary) == self.going(before) - 1
        search.find_duplicates(dataset, FindParams("ground_truth"), "full")
        full = app.send("open_scan", scan_key="full")["summary"]
        assert summary["curves"] == full["curves"]
        asked = {"scan_key": summary["scan_key"], "tag": "duplicate"}
        assert app.send("refresh", **asked)["freshness"]["state"] == "up_to_date"

    def test_many_verdicts_add_only_one_scan(self, app):
        key = "scan"
        for classes in (["car", "truck"], ["car", "car"], ["person", "person"]):
            ids = self.pair(app, classes, key)
            answer = app.send("judge_labels", scan_key=key, label_ids=ids)
            key = answer["summary"]["scan_key"]
            assert self.keys(app) == [key, "scan"]
        answer = app.send("clear_verdicts", scan_key=key, label_ids=None)
        assert self.going(answer["summary"]) == 4
        assert self.keys(app) == [answer["summary"]["scan_key"], "scan"]

    def test_a_renamed_scan_is_kept(self, app):
        ids = self.pair(app, ["car", "truck"])
        answer = app.send("judge_labels", scan_key="scan", label_ids=ids)
        key = answer["summary"]["scan_key"]
        app.send("rename_scan", scan_key=key, title="Judged by me")
        answer = app.send("clear_verdicts", scan_key=key, label_ids=ids)

        assert self.keys(app) == [answer["summary"]["scan_key"], key, "scan"]

    def test_a_class_pair_rule_updates_the_numbers(self, app):
        asked = {"scan_key": "scan", "class_pair": ["car", "truck"], "iou_thresh": None}
        answer = app.send("set_class_pair", **asked, may_overlap=True)
        assert self.going(answer["summary"]) == 3
        asked["scan_key"] = answer["summary"]["scan_key"]
        answer = app.send("set_class_pair", **asked, may_overlap=False)
        assert self.going(answer["summary"]) == 4

    def test_a_large_scan_is_not_updated_automatically(self, app, monkeypatch):
        ids = self.pair(app, ["car", "truck"])
        # the panel runs in the host's copy of the plugin
        panel = foo.get_operator(panel_calls.URI)
        name = type(panel).__module__.rpartition(".")[0] + ".jobs.rescans"
        monkeypatch.setattr(sys.modules[name], "RESCAN_LABELS", 3)
        answer = app.send("judge_labels", scan_key="scan", label_ids=ids)

        assert (answer["pairs"], answer["summary"]) == (1, None)
        assert self.keys(app) == ["scan"]
        freshness = app.send("refresh", scan_key="scan", tag="duplicate")["freshness"]
        assert freshness["state"] == "changed"


def test_a_deletion_by_tag_says_how_many_labels_it_does_not_merge(dataset):
    from duplicates.labels.scans.decisions.verdicts import set_verdict

    app = panel_calls.App(dataset)
    car, truck = dataset.values("ground_truth.detections.id")[0]
    set_verdict(dataset, [car, truck], "merge", kept=car)
    plan = {**ASKED, "method": "simple", "keep": [], "tag": "x"}
    assert app.send("tag_labels", **plan)["ok"]

    by_tag = app.send("preview_delete", **plan, source="tag")
    by_plan = app.send("preview_delete", **plan, source="plan")

    assert (by_tag["labels"], by_tag["merged"], by_tag["not_merged"]) == (4, 0, 1)
    assert (by_plan["labels"], by_plan["merged"], by_plan["not_merged"]) == (4, 1, 0)


def test_tagged_labels_of_every_class_are_compared_with_the_plan_of_every_class(
    dataset,
):
    from duplicates.labels.scans.decisions.verdicts import set_verdict

    app = panel_calls.App(dataset)
    car, truck = dataset.values("ground_truth.detections.id")[0]
    set_verdict(dataset, [car, truck], "merge", kept=car)
    plan = {**ASKED, "method": "simple", "keep": [], "tag": "x"}
    of_cars = {**plan, "classes": ["car"]}
    app.send("tag_labels", **plan)

    state = app.send("preview_delete", **of_cars, source="tag")

    assert state["state"] == {"tagged": 4, "missing": 0, "stale": 0, "by_hand": 0}
    # the truck is merged
    assert state["not_merged"] == 1
    # a Tag of cars would still change the tag
    assert app.send("compare_tag", **of_cars)["stale"] > 0
    tagged = app.send("tag_labels", **of_cars)["labels"]
    state = app.send("preview_delete", **of_cars, source="tag")["state"]
    assert state == {"tagged": tagged, "missing": 0, "stale": 0, "by_hand": 0}
    state = app.send("preview_delete", **plan, source="tag")["state"]
    assert state["missing"] == 4 - tagged
