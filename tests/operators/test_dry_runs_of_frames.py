"""Dry runs and details of a plan on frames count frames, as its deletion does."""

import fiftyone as fo
from called import BOX, call
from panel_calls import App

FIELD = "frames.found"
PLAN = {"iou_thresh": 0.75, "method": "simple", "keep": [], "metric": "iou"}
PLAN |= {"classwise": False, "classes": None}


def test_a_dry_run_states_as_many_frames_as_the_deletion(make_dataset):
    dataset = make_dataset([])
    dataset.media_type = "video"
    facts = fo.VideoMetadata(frame_width=64, frame_height=48, frame_rate=10)
    sample = fo.Sample(filepath="/one.mp4", metadata=facts)
    for number in (1, 2, 3):
        labels = [fo.Detection(label="cat", bounding_box=BOX) for _ in range(2)]
        sample.frames[number] = fo.Frame(found=fo.Detections(detections=labels))
    dataset.add_sample(sample)
    key = call("find_duplicates", dataset, label_field=FIELD)["scan_key"]

    dry = call("delete_duplicates", dataset, scan_key=key, dry_run=True)
    details = App(dataset).send("plan_details", **PLAN, scan_key=key)
    done = call("delete_duplicates", dataset, scan_key=key)

    assert details["images"] == 3
    assert (dry["count"], dry["samples"]) == (done["count"], done["samples"]) == (3, 3)
