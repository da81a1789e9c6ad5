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
    sys.path.insert(0, str(release.ROOT / "tests" / "support"))
    import panel_calls

    from benchmarks import drawn

    dataset = drawn.make("coco", drawn.coco_like(n_samples))
    app = panel_calls.App(dataset)
    form = {"label_field": "ground_truth", "other_field": None, "classwise": False}
    run = app.send("start_scan", **form, target="dataset", background=False)["run"]
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
    _time(app, "tag_labels", **whole, tag="duplicate", rounds=1)
    _time(app, "refresh", **about)
    _time(app, "preview_delete", **whole, source="plan", tag="duplicate")
    _time(app, "export_rows", **whole, what="plan", format="csv", cursor=None)
    _time(app, "write_report", **whole)
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


if __name__ == "__main__":
    main()
