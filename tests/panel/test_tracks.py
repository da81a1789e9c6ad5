"""The panel's messages about pairs of tracks that cover one object."""

import filmed
import panel_calls
import pytest

HERE = [0.1, 0.1, 0.4, 0.4]
NEAR = [0.1, 0.1, 0.4, 0.45]
AWAY = [0.6, 0.6, 0.2, 0.2]
ASKED = {
    "scan_key": "scan",
    "iou_thresh": 0.75,
    "metric": "iou",
    "classes": None,
    "min_frames": 2,
    "offset": 0,
    "limit": 10,
}


@pytest.fixture
def scanned(make_dataset):
    """A function that makes videos, scans them, and returns the App's side."""
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.scans import search

    def scan(*videos):
        dataset = make_dataset([])
        for k, frames in enumerate(videos):
            filmed.add_video(dataset, frames, f"/videos/{k}.mp4")
        search.find_duplicates(dataset, FindParams("frames.boxes"), "scan")
        return panel_calls.App(dataset)

    return scan


@pytest.fixture
def app(scanned):
    """A video where a car has two tracks, and one with a car and an unlabeled track."""
    cars = [("car", HERE, 3), ("car", NEAR, 7)]
    frames = [[cars[0], ("person", AWAY, 1)]] + [cars] * 4 + [cars[:1]] + [cars] * 2
    short = [[("car", HERE, 3), (None, HERE, 3)]] * 3 + [[("car", HERE, 3)]]
    return scanned(frames, short)


def pairs(answer):
    return [
        tuple((track["class"], track["identity"]) for track in pair["tracks"])
        for pair in answer["tracks"]
    ]


def test_pairs_of_tracks_are_sorted_by_length_and_have_their_overlap(app):
    answer = app.send("list_tracks", **ASKED)

    assert (answer["ok"], answer["total"], answer["unidentified"]) == (True, 2, False)
    assert pairs(answer)[0] == (("car", "3"), ("car", "7"))
    assert set(pairs(answer)[1]) == {(None, "3"), ("car", "3")}
    first = answer["tracks"][0]
    assert first["filepath"] == "/videos/0.mp4"
    assert (first["first_frame"], first["last_frame"], first["frames"]) == (2, 8, 6)
    assert first["runs"] == [[2, 5], [7, 8]]
    assert first["mean_iou"] == pytest.approx(0.4 / 0.45)
    assert first["share"] == 1
    spans = [(t["frames"], t["first_frame"], t["last_frame"]) for t in first["tracks"]]
    assert spans == [(8, 1, 8), (6, 2, 8)]


def test_tracks_depend_on_threshold_number_of_frames_and_classes(app):
    def total(**changed):
        answer = app.send("list_tracks", **{**ASKED, **changed})
        assert answer["total"] == len(answer["tracks"])
        return answer["total"]

    assert total(iou_thresh=0.9) == 1
    assert total(iou_thresh=0.9, metric="ios") == 2
    assert [total(min_frames=n) for n in (0, 3, 4, 6, 7)] == [2, 2, 1, 1, 0]
    assert [total(classes=names) for names in (["car"], [None], ["cat"])] == [2, 1, 0]


def test_tracks_are_listed_in_pages(app):
    pages = [
        app.send("list_tracks", **{**ASKED, "offset": k, "limit": 1}) for k in range(3)
    ]
    assert [len(page["tracks"]) for page in pages] == [1, 1, 0]
    assert {page["total"] for page in pages} == {2}
    assert pairs(pages[0]) + pairs(pages[1]) == pairs(app.send("list_tracks", **ASKED))


def test_a_pair_is_shown_as_clips_of_the_frames_in_which_its_labels_overlap(app):
    pair = app.send("list_tracks", **ASKED)["tracks"][0]
    asked = {name: ASKED[name] for name in ("scan_key", "iou_thresh", "metric")}
    asked |= {"sample_id": pair["sample_id"], "tracks": pair["tracks"]}

    assert app.send("show_tracks", **asked)["ok"]
    assert "set_view" in app.asked_for
    # the view that the App was sent
    labels = _shown(app, asked).values("frames.boxes.detections.index")
    assert labels == [[[3, 7]] * 4, [[3, 7]] * 2], "a clip for each run of frames"


def _shown(app, asked):
    from duplicates.panel.messages import tracks

    class Context:
        dataset = app.dataset
        params = asked

    return tracks.tracks_view(Context())


def test_a_pair_that_no_longer_overlaps_is_reported(app):
    pair = app.send("list_tracks", **ASKED)["tracks"][0]
    asked = {"scan_key": "scan", "iou_thresh": 0.95, "metric": "iou"}
    asked |= {"sample_id": pair["sample_id"], "tracks": pair["tracks"]}

    answer = app.send("show_tracks", **asked)
    assert answer["error"]["message"].startswith("These two tracks no longer overlap")
    assert "set_view" not in app.asked_for


def test_labels_without_identity_form_no_tracks(scanned):
    app = scanned([[("car", HERE, None), ("car", NEAR, None)]] * 3)
    answer = app.send("list_tracks", **ASKED)
    assert (answer["tracks"], answer["unidentified"]) == ([], True)
    answer = app.send("list_tracks", **{**ASKED, "iou_thresh": 0.99})
    assert (answer["tracks"], answer["unidentified"]) == ([], False)


@pytest.mark.slow
def test_a_long_overlap_with_many_small_gaps_has_few_runs(scanned):
    both = [("car", HERE, 3), ("car", NEAR, 7)]
    frames = [both if k % 3 else both[:1] for k in range(300)]
    (pair,) = scanned(frames).send("list_tracks", **ASKED)["tracks"]
    assert (pair["runs"], pair["frames"]) == ([[2, 300]], 200)


def test_a_scan_of_images_is_reported(make_dataset):
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.scans import search

    dataset = make_dataset([[("car", HERE), ("car", NEAR)]])
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    answer = panel_calls.App(dataset).send("list_tracks", **ASKED)
    assert answer["error"]["message"].startswith("Expected a scan of the labels of fr")
