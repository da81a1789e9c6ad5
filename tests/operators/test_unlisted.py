"""Every operator that the operator browser leaves out runs by its name."""

import types

import cvat_data
import cvat_server
import filmed
import panel_calls
import pytest

from duplicates.operators import OPERATORS

FIELD = "ground_truth"
BOX = [0.1, 0.1, 0.2, 0.2]

RUNS = {
    "list_deleted": (lambda w: {}, {"count": 1}),
    "list_verdicts": (lambda w: {}, {"count": 0, "verdicts": []}),
    "export_journal": (lambda w: {"restore_key": w.restore_key}, {"count": 3}),
    "erase_everything": (lambda w: {}, {"erased": False}),
    "list_pairs": (lambda w: {"scan_key": w.scan_key}, {"count": 3}),
    "list_class_pairs": (lambda w: {"scan_key": w.scan_key}, {"count": 3}),
    "check_likelihoods": (lambda w: {"scan_key": w.scan_key}, {}),
    "list_costs": (lambda w: {"scan_key": w.scan_key}, {"by_class_pair": None}),
    "list_groups": (lambda w: {"scan_key": w.scan_key}, {"count": 3, "chains": 0}),
    "list_tracks": (lambda w: {"scan_key": w.video_key}, {"count": 1, "samples": 1}),
    "set_verdict": (lambda w: {"label_ids": w.label_ids}, {"count": 1}),
    "export_review": (lambda w: {}, {"count": 1}),
    "clear_verdicts": (lambda w: {}, {"count": 1}),
    "list_scans": (lambda w: {}, {"count": 1}),
    "rename_scan": (
        lambda w: {"scan_key": w.scan_key, "title": "Second"},
        {"title": "Second"},
    ),
    "import_review": (lambda w: {"content": "[]", "format": "json"}, {"count": 0}),
    "cancel_run": (lambda w: {"run_id": w.run_id}, {"state": "done"}),
    "list_cvat": (lambda w: {}, {"count": 1}),
    "move_cvat": (lambda w: {"anno_key": w.trip}, {"count": 1}),
    "discard_cvat": (lambda w: {"anno_key": w.trip}, {"count": 1}),
    "delete_scan": (lambda w: {"scan_key": w.scan_key}, {}),
}
"""The parameters of each, and what its result holds; no call prevents a later one."""


def call(name, dataset, **params):
    import fiftyone.operators as foo

    uri = f"@iou/duplicates/{name}"
    return foo.execute_operator(uri, {"dataset": dataset}, params=params).result


@pytest.fixture
def world(make_dataset, tmp_path, monkeypatch):
    """Images with a scan, a tag action and a round trip; and a video with a scan."""
    images = make_dataset(panel_calls.SAMPLES)
    images.set_values("filepath", cvat_data.draw(tmp_path, len(images)))
    images.compute_metadata(num_workers=1, progress=False)
    video = make_dataset([])
    filmed.add_video(video, [[("car", BOX, 1), ("car", BOX, 2)]] * 3)
    found = call("find_duplicates", images, label_field=FIELD)
    filmed_scan = call("find_duplicates", video, label_field="frames.boxes")
    with cvat_server.Server() as server:
        monkeypatch.setenv("FIFTYONE_CVAT_URL", server.url)
        monkeypatch.setenv("FIFTYONE_CVAT_USERNAME", server.username)
        monkeypatch.setenv("FIFTYONE_CVAT_PASSWORD", server.password)
        first = images.values(f"{FIELD}.detections.id")[0]
        yield types.SimpleNamespace(
            of={"list_tracks": video},
            images=images,
            scan_key=found["scan_key"],
            run_id=found["run_id"],
            video_key=filmed_scan["scan_key"],
            label_ids=first[:2],
            restore_key=call("tag_duplicates", images, scan_key=found["scan_key"])[
                "restore_key"
            ],
            trip=call("send_to_cvat", images, scan_key=found["scan_key"])["anno_key"],
        )
    call("clear_verdicts", images)


def test_an_unlisted_operator_runs_by_its_name(world, subtests):
    for name, (make, holds) in RUNS.items():
        with subtests.test(name):
            result = call(name, world.of.get(name, world.images), **make(world))

            assert {key: result[key] for key in holds} == holds
            assert result["message"]


def test_nothing_else_is_expected_to_run_by_its_name():
    assert set(RUNS) == {op.name_ for op in OPERATORS if op.unlisted}
