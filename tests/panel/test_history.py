"""History lists the actions as they were reported, and which of them can be undone."""

BY_TAG = {"source": "tag", "tag": "duplicate", "sure": False, "emptied": 0}


def undo(app, done, plan):
    asked = {"scan_key": plan["scan_key"], "tag": "duplicate"}
    return app.send("restore", restore_key=done["restore_key"], **asked)


def history(app):
    return app.send("list_actions")["actions"]


def test_history_says_what_has_to_be_undone_first(app, dataset, plan):
    tagged = app.send("tag_labels", **plan, tag="duplicate")
    shown = app.send("preview_delete", **plan, **BY_TAG)
    asked = {**plan, **BY_TAG, "expected": 3, "digest": shown["digest"]}
    gone = app.send("delete_labels", **asked)
    assert gone["labels"] == 3
    found = [one["undo_first"] for one in history(app)]
    assert found == [None, gone["restore_key"]]

    refused = undo(app, tagged, plan)["error"]
    sentence = "A later deletion of 3 labels changed some of the same labels."
    assert refused["message"] == sentence
    assert refused["consequence"] == "Nothing was changed."
    assert refused["advice"] == "Undo the later action first, in History."

    assert undo(app, gone, plan)["labels"] == 3
    assert [one["undo_first"] for one in history(app)] == [None, None]
    assert undo(app, tagged, plan)["labels"] == 3
    assert dataset.count_label_tags() == {}
