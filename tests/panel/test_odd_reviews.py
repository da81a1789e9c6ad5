"""Odd values in the messages of a review, also within their records."""

import copy
import itertools
import re

import odd_values
import panel_calls
import pytest

from duplicates.iou_core import errors
from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import search
from duplicates.panel import requests

MESSAGES = (
    "judge_pairs",
    "settle_verdicts",
    "review_queue",
    "review_groups",
    "accept_above",
    "review_progress",
    "review_advice",
    "check_likelihoods",
    "compare_labels",
    "judge_labels",
    "list_verdicts",
    "clear_verdicts",
    "save_settings",
    "import_review",
)
FILTERS = {
    "likelihood": [0.1, 0.9],
    "overlap": [0.1, 0.9],
    "size": [0, 10],
    "classes": ["person"],
    "class_pair": ["person", "truck"],
    "tag": "duplicate",
    "annotator": "Anna",
    "chains": False,
    "undecided": True,
}
FREE = {"request_id"}


@pytest.fixture(scope="module")
def dataset(database):
    import fiftyone as fo

    made = fo.Dataset()
    made.add_samples(
        fo.Sample(
            f"/{k}.jpg",
            ground_truth=fo.Detections(
                detections=[
                    fo.Detection(label=label, bounding_box=box) for label, box in sample
                ]
            ),
        )
        for k, sample in enumerate(panel_calls.SAMPLES)
    )
    search.find_duplicates(made, FindParams("ground_truth"), "dups_1")
    yield made
    made.delete()


def request_of(message, dataset):
    """Returns the example's request with labels and samples of a dataset."""
    sample = dataset.first()
    ids = [label.id for label in sample.ground_truth.detections][:2]
    label = {"sample_id": sample.id, "field": "ground_truth"}
    places = {
        "document_id": sample.id,
        "label_ids": ids,
        "labels": [{"label_id": label_id, **label} for label_id in ids],
        "groups": [{"document_id": sample.id, "label_ids": ids}],
        "verdicts": [
            {"label_ids": ids, "verdict": "duplicate", "kept": ids[0], "seen": None}
        ],
        "filters": FILTERS,
    }
    request = panel_calls.example(message)["request"]
    return {**request, **{k: v for k, v in places.items() if k in request}}


def places_of(value, path=()):
    """Yields where a request holds values, records and lists within it included."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, item in items:
        if key not in FREE:
            yield from places_of(item, (*path, key))


def with_value(request, path, value):
    request = copy.deepcopy(request)
    held = request
    for key in path[:-1]:
        held = held[key]
    held[path[-1]] = value
    return request


def is_refused(request, path, value):
    """Returns whether a request is refused before its message runs."""
    try:
        requests.checked(with_value(request, path, value))
    except errors.ParamsError:
        return True
    return False


def is_sentence(answer):
    """Returns whether a reply has an error in one sentence, and nothing was changed."""
    error = answer["error"]
    text = error.get("details", f": expected {error['message']}")
    says_why = re.search(r": expected |\w has no effect ", text)
    is_short = says_why is not None and len(text) < 1000
    return is_short and error["consequence"] == requests.UNCHANGED


@pytest.mark.slow
@pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("message", MESSAGES)
def test_an_odd_value_anywhere_is_one_sentence_and_changes_nothing(
    dataset, message, step
):
    """With a step of 6, each place gets a sixth of the values, in turn."""
    app, request = panel_calls.App(dataset), request_of(message, dataset)
    assert app.send(message, **request)["ok"]
    app.send("clear_verdicts", label_ids=None, scan_key="dups_1")
    before, turns = odd_values.content(), itertools.count()
    for path in places_of(request):
        odd = (None, *odd_values.VALUES)[next(turns) % step :: step]
        # the database is compared once for those that do not come to the message
        for value in filter(lambda value: is_refused(request, path, value), odd):
            answer = app.send(message, **with_value(request, path, value))
            assert is_sentence(answer), (message, path, repr(value)[:60], answer)
        assert odd_values.content() == before, (message, path)
        for value in odd:
            if is_refused(request, path, value):
                continue
            answer = app.send(message, **with_value(request, path, value))
            where = message, path, repr(value)[:60]
            if answer["ok"]:
                app.send("clear_verdicts", label_ids=None, scan_key="dups_1")
                before = odd_values.content()
                continue
            assert is_sentence(answer), (where, answer)
            assert odd_values.content() == before, where


def test_the_messages_of_a_review_are_all_tested():
    from duplicates.panel.duplicates_panel import MESSAGES as EVERY

    of_review = [
        name
        for name, message in EVERY.items()
        if message.__module__.rpartition(".")[2] in ("judging", "queue", "advice")
    ]
    assert set(of_review) <= set(MESSAGES)
