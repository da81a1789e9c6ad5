"""Changes made in the panel can be undone, and are reported correctly."""

import panel_calls

BY_PLAN = {"source": "plan", "tag": "duplicate", "sure": False, "emptied": 0}


def stored(dataset):
    return list(dataset._sample_collection.find({}, {"ground_truth": True}))


def tags(dataset):
    found = dataset.values("ground_truth.detections.tags", unwind=True)
    return sum("duplicate" in labels for labels in found)


def test_tagging_keeps_the_scan_up_to_date_and_can_be_undone(app, dataset, plan):
    before = stored(dataset)
    done = app.send("tag_labels", **plan, tag="duplicate")
    assert "reload_samples" in app.asked_for
    assert (done["labels"], done["tagged"], tags(dataset)) == (3, 3, 3)

    freshness = app.send("refresh", scan_key=plan["scan_key"], tag="duplicate")[
        "freshness"
    ]
    assert freshness["state"] == "up_to_date"
    assert freshness["tagged"] == 3

    undone = app.send(
        "restore",
        restore_key=done["restore_key"],
        scan_key=plan["scan_key"],
        tag="duplicate",
    )
    assert (undone["operation"], undone["tagged"]) == ("tag", 0)
    assert stored(dataset) == before


def test_a_deletion_is_counted_again_before_it_is_made(app, dataset, plan):
    before = stored(dataset)
    request = {**plan, **BY_PLAN}
    shown = app.send("preview_delete", **request)
    assert shown["labels"] == 3

    with_more = {**request, "expected": 4, "digest": "of others"}
    refused = app.send("delete_labels", **with_more)
    message = "The labels to delete have changed: this would now delete 3 labels, not "
    assert refused["error"]["message"].startswith(message)
    assert stored(dataset) == before

    request |= {"expected": 3, "digest": shown["digest"]}
    done = app.send("delete_labels", **request)
    assert done["labels"] == 3
    assert len(dataset.values("ground_truth.detections.id", unwind=True)) == 5


def test_as_many_labels_as_were_confirmed_are_kept_if_they_are_other_labels(
    app, dataset, plan
):
    from duplicates.labels.scans import plans
    from duplicates.labels.scans.decisions import verdicts

    request = {**plan, **BY_PLAN, **app.confirmed(**plan, **BY_PLAN)}
    # another person decides meanwhile that the other label of a pair is kept
    first = plans.plan(dataset, plan["scan_key"], plan["iou_thresh"]).removals[0]
    pair = [first.label_id, first.kept_id]
    verdicts.set_verdict(dataset, pair, "duplicate", kept=first.label_id)
    before = stored(dataset)

    refused = app.send("delete_labels", **request)

    assert refused["error"]["message"] == (
        "The labels to delete have changed: this would now delete other labels than "
        "the 3 you confirmed."
    )
    assert stored(dataset) == before
    assert app.delete(**{**plan, **BY_PLAN})["labels"] == 3


def test_a_deletion_executes_the_plan_that_it_counted(app, dataset, plan, monkeypatch):
    from duplicates.labels.edits import delete
    from duplicates.labels.scans import plans

    request = {**plan, **BY_PLAN, **app.confirmed(**plan, **BY_PLAN)}
    made, carried_out = [], []
    make, carry_out = plans.plan, delete.delete_plan

    def seen_made(*args, **kwargs):
        made.append(make(*args, **kwargs))
        return made[-1]

    def seen_carried_out(samples, plan, run):
        carried_out.append(plan)
        return carry_out(samples, plan, run)

    monkeypatch.setattr(plans, "plan", seen_made)
    monkeypatch.setattr(delete, "delete_plan", seen_carried_out)
    assert _direct(dataset, "delete_labels", **request)["labels"] == 3

    assert [plan.removals for plan in made] == [plan.removals for plan in carried_out]
    assert len(made) == 1


def test_a_deletion_updates_the_numbers_and_undo_opens_the_old_scan(app, dataset, plan):
    before = stored(dataset)
    done = app.delete(**plan, **BY_PLAN)
    assert done["summary"]["labels"] == 5
    assert done["summary"]["scan_key"] != plan["scan_key"]
    old = app.send("refresh", scan_key=plan["scan_key"], tag="duplicate")["freshness"]
    assert (old["state"], old["edited"]) == ("changed", 3)

    undone = app.send(
        "restore",
        restore_key=done["restore_key"],
        scan_key=done["summary"]["scan_key"],
        tag="duplicate",
    )
    assert undone["summary"]["scan_key"] == plan["scan_key"]
    assert stored(dataset) == before
    # the scan of the deletion is deleted with its undo
    (scan,) = app.send("open_panel")["scans"]
    assert scan["scan_key"] == plan["scan_key"]
    actions = app.send("list_actions")["actions"]
    assert [(a["operation"], a["state"]) for a in actions] == [("delete", "restored")]


def test_deleting_by_tag_removes_the_tagged_labels(app, dataset, plan):
    app.send("tag_labels", **{**plan, "classes": [None]}, tag="duplicate")
    request = {**plan, "source": "tag", "tag": "duplicate", "sure": False, "emptied": 0}
    preview = app.send("preview_delete", **request)
    assert preview["classes"] == [{"name": None, "labels": 1}]

    done = app.delete(**request)
    assert (done["labels"], done["tagged"]) == (1, 0)


def test_a_field_that_cannot_be_written_is_reported_and_unchanged(app, dataset, plan):
    field = dataset.get_field("ground_truth")
    field.read_only = True
    field.save()
    before = stored(dataset)

    answer = app.send("tag_labels", **plan, tag="duplicate")
    assert "read-only" in answer["error"]["message"]
    assert answer["error"]["consequence"] == "Nothing was changed."
    assert stored(dataset) == before
    assert app.send("open_panel")["fields"][0]["writable"] is False


def test_changes_are_reported_even_if_the_scan_is_deleted_during_the_write(
    app, dataset, plan, monkeypatch
):
    from duplicates.labels.edits import delete
    from duplicates.labels.scans import stored as scans

    whole = delete.delete_plan

    def delete_both(samples, *rest):
        done = whole(samples, *rest)
        scans.delete(samples, plan["scan_key"])
        return done

    request = {**plan, **BY_PLAN, **app.confirmed(**plan, **BY_PLAN)}
    monkeypatch.setattr(delete, "delete_plan", delete_both)
    answer = _direct(dataset, "delete_labels", **request)

    assert answer["ok"], answer
    assert (answer["labels"], answer["summary"]) == (3, None)


def _direct(dataset, message, **request):
    """Calls a method of the panel that the tests import, instead of the host's copy."""
    from fiftyone.operators.executor import ExecutionContext, Executor

    from duplicates.panel.duplicates_panel import DuplicatesPanel

    context = ExecutionContext(
        request_params={"dataset_name": dataset.name, "params": request},
        executor=Executor(),
    )
    return getattr(DuplicatesPanel(), message)(context)


def test_a_deletion_by_ios_needs_a_second_confirmation(app, dataset, plan):
    before = stored(dataset)
    by_ios = {**plan, "metric": "ios", "source": "plan", "tag": "duplicate"}
    expected = app.send("preview_delete", **by_ios)["labels"]
    by_ios |= {**app.confirmed(**by_ios), "emptied": 0}
    refused = app.send("delete_labels", **by_ios, sure=False)
    assert "second confirmation" in refused["error"]["message"]
    assert stored(dataset) == before

    done = app.send("delete_labels", **by_ios, sure=True)
    assert done["labels"] == expected


def test_objects_that_would_lose_every_label_need_a_confirmation_of_their_own(
    app, dataset, plan
):
    everything = dataset.select_labels(fields="ground_truth")
    everything.tag_labels("duplicate")
    before = stored(dataset)
    request = {**plan, "source": "tag", "tag": "duplicate", "sure": False}
    preview = app.send("preview_delete", **request)
    judged = {"scan_key": plan["scan_key"], "iou_thresh": 0.75, "metric": "iou"}
    assert preview["emptied"] == {"count": 3, **judged}

    request |= {"expected": preview["labels"], "digest": preview["digest"]}
    refused = app.send("delete_labels", **request, emptied=2)
    said = "3 objects would lose every label: this needs a second confirmation."
    assert refused["error"]["message"] == said
    assert refused["error"]["consequence"] == "Nothing was changed."
    assert stored(dataset) == before

    done = app.send("delete_labels", **request, emptied=3)
    assert done["labels"] == 8
    app.send("restore", restore_key=done["restore_key"], scan_key=None, tag="duplicate")
    assert stored(dataset) == before


def test_objects_are_those_at_the_cut_of_the_panel_and_of_the_scan(app, dataset, plan):
    dataset.select_labels(fields="ground_truth").tag_labels("duplicate")
    asked = {**plan, "source": "tag", "tag": "duplicate"}
    # the first pair overlaps by 0.952, which takes no consent away at 0.96
    for thresh, judged in ((0.9, 0.9), (0.96, 0.75)):
        preview = app.send("preview_delete", **{**asked, "iou_thresh": thresh})
        assert preview["emptied"]["count"] == 3
        assert preview["emptied"]["iou_thresh"] == judged
    # at the cut, two labels are an object that is a part of one of the scan's
    pair = dataset.first().ground_truth.detections[:2]
    dataset.untag_labels("duplicate", label_fields="ground_truth")
    ids = [label.id for label in pair]
    dataset.select_labels(ids=ids).tag_labels("duplicate")
    preview = app.send("preview_delete", **{**asked, "iou_thresh": 0.9})
    assert (preview["labels"], preview["emptied"]["count"]) == (2, 1)


def test_a_plan_empties_no_object(app, plan):
    preview = app.send("preview_delete", **plan, source="plan", tag="duplicate")
    assert (preview["labels"], preview["emptied"]["count"]) == (3, 0)


def test_the_newest_scan_that_is_up_to_date_is_opened_first(app, dataset, plan):
    assert app.send("choose_scan", scan_key=None)["opens"] == plan["scan_key"]
    partial = panel_calls.App(dataset, selected=[dataset.first().id])
    newer = panel_calls.scanned(partial, target="selection")["scan_key"]
    assert app.send("choose_scan", scan_key=None)["opens"] == newer
    assert app.send("choose_scan", scan_key=plan["scan_key"])["opens"] != newer

    sample = dataset.first()
    sample.ground_truth.detections.pop()
    sample.save()
    # no scan is up to date: the one that was open last
    assert app.send("choose_scan", scan_key=plan["scan_key"])["opens"] != newer
    newest = panel_calls.scanned(app)["scan_key"]
    assert app.send("choose_scan", scan_key=newer)["opens"] == newest


def test_a_scan_that_the_panel_made_for_itself_replaces_the_one_before(
    app, dataset, plan
):
    key = plan["scan_key"]
    for _ in range(2):
        sample = dataset.first()
        sample.ground_truth.detections.pop()
        sample.save()
        run = panel_calls.ended(app, app.send("rescan", scan_key=key)["run"])
        key = run["scan_key"]
        listed = [scan["scan_key"] for scan in app.send("open_panel")["scans"]]
        assert listed == [key, plan["scan_key"]]


def test_a_scan_is_repeated_beside_one_of_a_view_that_can_no_longer_be_made(dataset):
    from fiftyone import ViewField as F

    from duplicates.iou_core.params import FindParams
    from duplicates.labels.scans import search
    from duplicates.labels.scans import stored as scans
    from duplicates.panel.jobs import interim

    params = FindParams("ground_truth")
    dataset.clone_sample_field("ground_truth", "other")
    of_other = dataset.filter_labels("other", F("label") != "bus", only_matches=False)
    old = search.find_duplicates(of_other, params)
    scans.update(dataset, old.scan_key, interim=True)
    dataset.delete_sample_field("other")
    fresh = search.find_duplicates(dataset.limit(1), params)

    interim.make_interim(dataset, fresh.scan_key)
    keys = {scan["scan_key"] for scan in scans.list_scans(dataset)}
    assert keys == {old.scan_key, fresh.scan_key}
