"""History lists the actions as they were reported, and which of them can be undone."""

from duplicates.labels import store

BY_TAG = {"source": "tag", "tag": "duplicate", "sure": False, "emptied": 0}
BY_PLAN = {**BY_TAG, "source": "plan"}


def undo(app, done, plan):
    asked = {"scan_key": plan["scan_key"], "tag": "duplicate"}
    return app.send("restore", restore_key=done["restore_key"], **asked)


def history(app):
    return app.send("list_actions")["actions"]


def delete(app, plan, how):
    shown = app.send("preview_delete", **plan, **how)
    confirmed = {"expected": shown["labels"], "digest": shown["digest"]}
    return app.send("delete_labels", **plan, **how, **confirmed)


def numbers(entry):
    return entry["count"], entry["samples"], entry["untagged"]


def test_history_says_what_has_to_be_undone_first(app, dataset, plan):
    tagged = app.send("tag_labels", **plan, tag="duplicate")
    gone = delete(app, plan, BY_TAG)
    assert gone["labels"] == 3
    assert [one["undo_first"] for one in history(app)] == [None, gone["restore_key"]]

    refused = undo(app, tagged, plan)["error"]
    sentence = "A later deletion of 3 labels changed some of the same labels."
    assert refused["message"] == sentence
    assert refused["consequence"] == "Nothing was changed."
    assert refused["advice"] == "Undo the later action first, in History."

    assert undo(app, gone, plan)["labels"] == 3
    assert [one["undo_first"] for one in history(app)] == [None, None]
    assert undo(app, tagged, plan)["labels"] == 3
    assert dataset.count_label_tags() == {}


def test_a_tagging_is_listed_and_undone_with_the_numbers_of_its_message(app, plan):
    strict = {**plan, "iou_thresh": 0.96}
    few = app.send("tag_labels", **strict, tag="duplicate")
    more = app.send("tag_labels", **plan, tag="duplicate")
    assert (few["labels"], more["labels"], more["untagged"]) == (2, 3, 0)
    # two of the three had the tag before
    newest, oldest = history(app)
    assert numbers(newest) == (3, more["images"], 0)
    assert numbers(oldest) == (2, few["images"], 0)

    undone = undo(app, more, plan)
    assert (undone["labels"], undone["action_labels"], undone["others"]) == (1, 3, 0)


def test_a_tagging_that_replaces_another_lists_what_lost_the_tag(app, plan):
    app.send("tag_labels", **plan, tag="duplicate")
    greedy = {**plan, "method": "greedy", "keep": ["last"], "iou_thresh": 0.96}
    done = app.send("tag_labels", **greedy, tag="duplicate")
    assert done["untagged"] > 0
    assert numbers(history(app)[0]) == (
        done["labels"],
        done["images"],
        done["untagged"],
    )
    undone = undo(app, done, plan)
    assert undone["action_labels"] == done["labels"]
    assert undone["others"] == done["untagged"]


def test_a_plan_without_labels_is_listed_with_the_tags_that_it_took(app, plan):
    app.send("tag_labels", **plan, tag="duplicate")
    done = app.send("tag_labels", **{**plan, "iou_thresh": 1.0}, tag="duplicate")
    assert (done["labels"], done["untagged"]) == (0, 3)
    assert numbers(history(app)[0]) == (0, 0, 3)


def test_a_deletion_that_merges_is_undone_with_the_number_of_deleted_labels(
    app, dataset, plan
):
    first = dataset.first()
    pair = [label.id for label in first.ground_truth.detections][:2]
    marked = {"label_ids": pair, "verdict": "merge", "kept": pair[0], "seen": None}
    asked = {**plan, "who": "Anna", "document_id": str(first.id), "classwise": False}
    assert app.send("judge_pairs", **asked, verdicts=[marked])["stored"]
    done = delete(app, plan, BY_PLAN)
    assert (done["labels"], done["merged"]) == (3, 1)
    assert numbers(history(app)[0]) == (3, done["images"], 0)
    undone = undo(app, done, plan)
    assert (undone["labels"], undone["images"]) == (3, done["images"])
    assert undone["others"] == 1


def test_actions_of_earlier_versions_are_listed(app, plan):
    done = app.send("tag_labels", **plan, tag="duplicate")
    store.collection("actions").update_many({}, {"$unset": {"untagged": True}})
    assert numbers(history(app)[0]) == (3, done["images"], 0)
    assert undo(app, done, plan)["labels"] == 3
