"""Times the messages that the panel waits for, on a scan as large as COCO's.

``python -m benchmarks.panel_open [SAMPLES]`` starts its own MongoDB.
"""

from __future__ import annotations

import json
import pathlib
import statistics
import sys
import tempfile
import time

from dev import environment, mongod, release

COCO = 118_287
ROUNDS = 5
CHANGES = (
    {"method": "greedy"},
    {"method": "nms"},
    {"method": "fewest"},
    {"keep": ["largest"]},
    {"method": "fewest", "keep": ["largest"]},
    {"metric": "ios"},
    {"metric": "likelihood"},
)
"""Other decisions than the scan's, as its form in the panel makes them."""


def main():
    """Makes a dataset and a scan, and prints the time of each message."""
    n_samples = int(sys.argv[1]) if len(sys.argv) > 1 else COCO
    with tempfile.TemporaryDirectory(prefix="duplicates-bench-") as folder:
        server = mongod.Mongod(pathlib.Path(folder) / "db", cache_gb=4)
        environment.apply(environment.variables(folder, server.uri, "benchmarks"))
        release.copy(pathlib.Path(folder) / "plugins" / "duplicates")
        server.start()
        try:
            _measure(n_samples)
        finally:
            server.stop()


def _measure(n_samples):
    sys.path.insert(0, str(release.ROOT / "tests" / "support" / "calls"))
    import panel_calls

    from benchmarks import drawn

    dataset = drawn.make("coco", drawn.coco_like(n_samples))
    app = panel_calls.App(dataset)
    run = app.send("start_scan", **panel_calls.FORM)["run"]
    begun = time.perf_counter()
    while run["state"] == "running":
        time.sleep(0.2)
        run = app.send("poll_run", run_id=run["run_id"])["run"]
    print(f"scan: {time.perf_counter() - begun:.2f} s")

    scan_key = run["scan_key"]
    decision = {"method": "simple", "keep": [], "metric": "iou"}
    plan = {"scan_key": scan_key, **decision, "classes": ["class 00", None]}
    about = {"scan_key": scan_key, "tag": "duplicate"}
    summary = _time(app, "open_scan", scan_key=scan_key)["summary"]
    print(f"  {summary['samples']:,} samples, {summary['labels']:,} labels")
    print(f"  {summary['n_pairs']:,} pairs, {len(json.dumps(summary)) / 1e3:.0f} kB")
    _time(app, "open_panel")
    _time(app, "refresh", **about)
    _time(app, "count_labels", **plan, iou_thresh=0.755)
    whole = {**plan, "classes": None, "iou_thresh": 0.75}
    for change in CHANGES:
        changed = {**decision, **change, "scan_key": scan_key}
        print(f"{change}:")
        _time(app, "count_labels", **{**whole, **changed}, rounds=1)
        _time_recount(app, changed)
    page = {"class_pair": None, "offset": 0, "limit": 12}
    _time(app, "list_groups", **whole, **page)
    _time(app, "list_class_pairs", scan_key=scan_key, metric="iou")
    _time(app, "plan_details", **whole)
    _time(app, "export_rows", **whole, what="plan", format="csv", cursor=None)
    _time(app, "write_report", **whole)
    for mode in ("samples", "patches"):
        print(f"{mode}:")
        _time(app, "show_labels", **whole, mode=mode, rounds=1)
    _time(app, "tag_labels", **whole, tag="duplicate", rounds=1)
    _time(app, "refresh", **about)
    _time(app, "untag_labels", **about, rounds=1)
    of_plan = {**whole, "source": "plan", "tag": "duplicate"}
    shown = _time(app, "preview_delete", **of_plan)
    seen = {"expected": shown["labels"], "digest": shown["digest"], "sure": True}
    seen["emptied"] = shown["emptied"]["count"]
    done = _time(app, "delete_labels", **of_plan, **seen, rounds=1)
    _time(app, "restore", restore_key=done["restore_key"], **about, rounds=1)
    touched = {"$currentDate": {"last_modified_at": True}}
    dataset._sample_collection.update_many({}, touched)
    print("all samples touched:")
    _time(app, "refresh", **about, rounds=1)
    _time(app, "refresh", **about)


def _time(app, message, rounds=ROUNDS, **request):
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        answer = app.send(message, **request)
        seconds.append(time.perf_counter() - begun)
        if not answer["ok"]:
            raise SystemExit(f"{message}: {answer['error']}")
    print(f"{message}: {statistics.median(seconds):.3f} s")
    return answer


def _time_recount(app, request):
    """Prints the time of the counts at all thresholds, asked for until known."""
    begun = time.perf_counter()
    while app.send("recount", **request)["counts"] is None:
        pass
    print(f"recount: {time.perf_counter() - begun:.3f} s")


if __name__ == "__main__":
    main()
