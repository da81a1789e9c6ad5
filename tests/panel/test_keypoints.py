"""Keypoints in the panel: sigmas are chosen, stored and shown."""

import fiftyone as fo
import fiftyone.operators as foo
import panel_calls
import pytest

from dev.demo import __main__ as demo
from dev.demo import data as demo_data
from duplicates.labels.scans.scan_words import COCO_SIGMAS, sigma_words

APART = [(0.1, 0.1), (0.5, 0.6)]
NEAR = [(0.12, 0.1), (0.52, 0.6)]


@pytest.fixture
def app(dataset_of_keypoints):
    return panel_calls.App(dataset_of_keypoints)


@pytest.fixture
def dataset_of_keypoints(database):
    dataset = fo.Dataset()
    labels = [fo.Keypoint(label="person", points=points) for points in (APART, NEAR)]
    keypoints = fo.Keypoints(keypoints=labels)
    dataset.add_sample(fo.Sample(filepath="/a.jpg", ground_truth=keypoints))
    yield dataset
    dataset.delete()


def opened(app, **form):
    run = panel_calls.scanned(app, **form)
    return app.send("open_scan", scan_key=run["scan_key"])["summary"]


def test_scans_with_other_sigmas_have_other_results_and_name_the_sigmas(app):
    lenient = opened(app)
    strict = opened(app, keypoint_sigmas=[0.01, 0.01])
    at = lenient["thresholds"].index(0.75)

    assert lenient["measure"] == strict["measure"] == "OKS"
    assert lenient["curves"]["simple"]["labels"][at] == 1
    assert strict["curves"]["simple"]["labels"][at] == 0
    assert lenient["compared"] == ["sigmas of 1"]
    assert strict["compared"] == ["2 sigmas of 0.01"]
    assert strict["params"]["keypoint_sigmas"] == [0.01, 0.01]
    assert lenient["title"] == "ground_truth, any class, sigmas of 1"
    assert strict["title"] == "ground_truth, any class, 2 sigmas of 0.01"
    listed = app.send("open_panel")["scans"]
    assert [scan["compared"] for scan in listed] == [
        ["2 sigmas of 0.01"],
        ["sigmas of 1"],
    ]


def test_two_selected_labels_are_compared_by_oks_with_the_sigmas_of_the_scan(app):
    sample = app.dataset.first()
    one, other = (label.id for label in sample.ground_truth.keypoints[:2])
    labels = [
        {"label_id": label_id, "sample_id": sample.id, "field": "ground_truth"}
        for label_id in (one, other)
    ]
    lenient, strict = (
        app.send("compare_labels", scan_key=made["scan_key"], labels=labels)
        for made in (opened(app), opened(app, keypoint_sigmas=[0.01, 0.01]))
    )

    assert lenient["measure"] == strict["measure"] == "OKS"
    assert lenient["iou"] > 0.75 > strict["iou"]


def test_unmarked_points_are_reported_and_are_missing_on_request(app):
    sample = app.dataset.first()
    for label in sample.ground_truth.keypoints:
        label.points += [(0.0, 0.0)] * 15
    sample.save()
    as_points = opened(app)
    as_missing = opened(app, unmarked_as_missing=True)

    count = "15 of 17 points of 2 labels lie exactly at (0, 0)"
    assert as_points["unmarked"] == f"{count}, compared like any other point"
    assert as_missing["unmarked"] == f"{count}, treated as missing"
    assert as_missing["compared"] == ["sigmas of 1", "unmarked points are missing"]
    assert as_missing["params"]["unmarked_as_missing"]
    assert as_points["compared"] == ["sigmas of 1"]


def test_a_picture_does_not_draw_missing_points(app):
    sample = app.dataset.first()
    for label in sample.ground_truth.keypoints:
        label.points += [(0.0, 0.0)]
    sample.save()
    ids = [label.id for label in sample.ground_truth.keypoints]
    dots = []
    for as_missing in (False, True):
        run = panel_calls.scanned(app, unmarked_as_missing=as_missing)
        answer = app.send(
            "draw_crop", scan_key=run["scan_key"], document_id=sample.id, label_ids=ids
        )
        dots.append([shape["dots"].count("M") for shape in answer["shapes"]])

    assert dots == [[3, 3], [2, 2]]


def test_the_form_for_another_scan_of_the_demo_has_the_same_parameters(
    database, tmp_path
):
    options = demo._parser().parse_args(["--kind", "keypoints"])
    dataset = demo_data.prepare(options, tmp_path)
    name, compared = demo_data.comparison(dataset)
    first = foo.get_operator("@iou/duplicates/find_duplicates")(
        dataset, label_field=name, **compared
    )
    app = panel_calls.App(dataset)
    shown = app.send("open_scan", scan_key=first.result["scan_key"])["summary"]
    # the form's defaults are the parameters of the displayed scan
    form = {
        key: shown["params"][key] for key in panel_calls.FORM if key in shown["params"]
    }
    again = app.send("start_scan", **{**panel_calls.FORM, **form})
    at = shown["thresholds"].index(0.75)
    strangers = foo.get_operator("@iou/duplicates/find_duplicates")(
        dataset, label_field=name, iou_thresh=0.75
    )
    dataset.delete()

    # the same parameters on unchanged data: the scan that is there is opened
    assert again["unchanged"] == first.result["scan_key"]
    assert shown["curves"]["simple"]["labels"][at] == 27
    # with sigmas of 1, different people are duplicates as well
    assert strangers.result["count"] == 41


def test_cocos_sigmas_are_offered_in_the_skeletons_order(app):
    names = sorted(COCO_SIGMAS)
    labels = [name.replace("_", " ").title() for name in names]
    app.dataset.default_skeleton = fo.KeypointSkeleton(labels=labels, edges=[])
    (field,) = app.send("open_panel")["fields"]

    assert field["sigmas"] == [
        {"name": "COCO's 17 sigmas", "values": [COCO_SIGMAS[name] for name in names]}
    ]


def test_sigmas_stored_with_the_dataset_are_offered_first(app):
    app.dataset.info["keypoint_sigmas"] = {"ground_truth": [0.1, 0.2]}
    app.dataset.save()
    (field,) = app.send("open_panel")["fields"]

    first, second = field["sigmas"]
    assert first == {"name": "the dataset's sigmas", "values": [0.1, 0.2]}
    assert second["values"] == list(COCO_SIGMAS.values())
    assert len(second["values"]) == 17


@pytest.mark.parametrize("sigmas", [[], [0.1, -1], "COCO", [True]])
def test_invalid_sigmas_are_an_error(app, sigmas):
    form = {**panel_calls.FORM, "keypoint_sigmas": sigmas}
    answer = app.send("start_scan", **form)

    assert not answer["ok"]
    assert "keypoint_sigmas" in answer["error"]["message"]


def test_different_sigmas_have_different_texts():
    coco = list(COCO_SIGMAS.values())
    lists = [
        None,
        [1.0, 1.0],
        [0.1],
        [0.1, 0.1],
        [0.1, 0.2],
        [0.2, 0.1],
        coco,
        coco[::-1],
    ]

    assert len({sigma_words(sigmas) for sigmas in lists}) == len(lists)
    assert sigma_words(coco) == "COCO's sigmas"
    assert sigma_words([sigma / 2 for sigma in coco]) == "half of COCO's sigmas"
    assert sigma_words([0.1, 0.25]) == "sigmas 0.1, 0.25"
