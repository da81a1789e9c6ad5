"""The verdicts of other people, as the panel of one person is notified of them."""

import panel_calls
import pytest

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import search

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")

KEY = "dups"
PLAN = {"keep": [], "metric": "iou", "classwise": False, "iou_thresh": 0.75}
PLAN |= {"scan_key": KEY, "method": "simple"}


def judge(app, sample, given, who="Anna", **more):
    pair, verdict, kept, seen = given
    sent = {"label_ids": pair, "verdict": verdict, "kept": kept, "seen": seen}
    asked = {**PLAN, **more, "document_id": str(sample.id)}
    return app.send("judge_pairs", who=who, verdicts=[sent], **asked)


def test_answers_say_whether_the_verdicts_of_others_changed(make_dataset):
    dataset = make_dataset(panel_calls.SAMPLES)
    search.find_duplicates(dataset, FindParams("ground_truth"), KEY)
    app, sample = panel_calls.App(dataset), dataset.first()
    a, b, c = (label.id for label in sample.ground_truth.detections)
    mine, theirs = {"browser": "mine"}, {"who": "Ben", "browser": "theirs"}

    def others():
        progress = app.send("review_progress", scan_key=KEY, **mine)["others"]
        asked = {**PLAN, "order": "image", "filters": {}, **mine}
        assert app.send("review_queue", **asked)["others"] == progress
        return progress

    first = others()
    own = judge(app, sample, ([a, b], "real", None, None), **mine)
    assert own["others"] == others() == first

    judge(app, sample, ([a, b], "real", None, None), **theirs)
    agreed = others()
    given = judge(app, sample, ([a, c], "real", None, None), **theirs)
    second = others()
    own = judge(app, sample, ([b, c], "real", None, None), **mine)
    assert own["others"] == second
    at = given["stored"][0]["at"]
    judge(app, sample, ([a, c], None, None, at), **theirs)
    assert others() == agreed
    assert len({first, agreed, second}) == 3
