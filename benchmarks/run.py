"""Runs the benchmarks on a separate MongoDB (``make bench``)."""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dev import environment, mongod, release


def main():
    """Runs the benchmarks, prints the table, and writes it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="run the long ones too")
    parser.add_argument("--out", default=str(ROOT / "out"), help="folder for the JSON")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="duplicates-bench-") as folder:
        server = mongod.Mongod(pathlib.Path(folder) / "db", cache_gb=8)
        environment.apply(environment.variables(folder, server.uri, "benchmarks"))
        release.copy(pathlib.Path(folder) / "plugins" / "duplicates")
        server.start()
        try:
            rows = list(_rows(options.full))
            points = _points(options.full)
        finally:
            server.stop()
    _report(rows, points, pathlib.Path(options.out))


def _rows(full):
    import fiftyone as fo

    fo.config.show_progress_bars = False
    from benchmarks import boxes, cvat, drawn, kinds, operators, slider, undo

    begun = time.monotonic()

    def row(made):
        from benchmarks.measure import show

        show([made])
        print(f"{time.monotonic() - begun:.0f} s so far", flush=True)
        return made

    yield row(
        boxes.kernel_row(
            "box kernel, 1,000 COCO-like images",
            drawn.coco_like(1000),
            1000,
            {"FiftyOne": 50, "pycocotools": 2.5},
        )
    )
    yield row(
        boxes.kernel_row(
            "box kernel, 1 image of 5,000 boxes",
            drawn.uniform(1, 5000, 0.02),
            1,
            {"FiftyOne": 50, "pycocotools": 100},
            rounds=3,
        )
    )
    yield from map(row, kinds.rows())
    for n in (1000, 10_000) + ((50_000,) if full else ()):
        yield row(boxes.find_row(n))
        if full or n == 1000:
            # FiftyOne's way takes a minute for 10,000 images
            yield row(boxes.max_iou_row(n))
            yield row(boxes.tag_row(n))
    yield row(boxes.find_row(10_000 if full else 1000, classwise=True))
    yield row(boxes.find_row(10_000 if full else 1000, other_field=True))
    yield from map(row, operators.rows(5000))
    if full:
        yield row(boxes.find_dense_row(2000, 500))
        yield row(boxes.find_dense_row(20, 20_000))
        yield from map(row, operators.rows(118_287, fiftyone=False))
    yield from map(row, undo.rows(full))
    yield from map(row, cvat.rows())
    yield row(slider.row(118_287 if full else 10_000))


def _points(full):
    from benchmarks import scale

    sizes = (1000, 10_000, 50_000, 118_287) if full else (1000, 10_000)
    up_to, rounds = (50_000, 3) if full else (1000, 1)
    found = list(scale.points(sizes, up_to, rounds))
    scale.show(found)
    return found


def _report(rows, points, out):
    from benchmarks import measure, scale

    measure.show(rows)
    out.mkdir(parents=True, exist_ok=True)
    measure.save(rows, out / "benchmarks.json")
    plot = scale.save(points, out)
    print(f"\nwritten to {out / 'benchmarks.json'}, {plot}")


if __name__ == "__main__":
    main()
