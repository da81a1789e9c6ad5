"""The same search by each engine, and the size from which more workers pay off.

Usage: ``python -m benchmarks.engines [--samples 500 60000] [--workers 2] [--ray]``

An engine takes ``start + per_sample * n`` seconds; two sizes determine both terms. The
break-even point is where its line crosses that of a single process. The fastest of
several interleaved rounds counts, as other processes have disturbed it least.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dev import environment, mongod

SCALES = (
    ("COCO train, 118k images, 0.86M boxes", 118_287),
    # by labels: 2.2M COCO-like images have 16M boxes
    ("Open Images, 1.9M images, 16M boxes", 16e6 / 7.3),
    ("100M images, 730M boxes", 100e6),
)


def main():
    """Measures two sizes, and prints the estimates for other sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, nargs=2, default=(500, 60_000))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ray", action="store_true", help="measure Ray too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duplicates-bench-") as folder:
        server = mongod.Mongod(pathlib.Path(folder) / "db", cache_gb=8)
        environment.apply(environment.variables(folder, server.uri, "benchmarks"))
        server.start()
        try:
            _measure(options)
        finally:
            server.stop()


def _measure(options):
    import duplicates_loader

    duplicates_loader.load()
    from benchmarks import drawn
    from duplicates.iou_core.params import ComputeParams, FindParams
    from duplicates.labels.edits import max_iou
    from duplicates.labels.jobs.engines import Engine
    from duplicates.labels.scans import search
    from duplicates.labels.scans import stored as scans

    engines = [Engine(), Engine("processes", options.workers)]
    if options.ray:
        engines.append(Engine("ray", options.workers))

    def searched(dataset, engine):
        found = search.find_duplicates(
            dataset, FindParams("ground_truth"), engine=engine
        )
        scans.delete(dataset, found.scan_key)
        return found.label_ids

    def stored(dataset, engine):
        params = ComputeParams("ground_truth")
        return max_iou.compute_max_ious(dataset, params, engine=engine).counts.tolist()

    works = {"find, recorded": searched, "max IoU, written": stored}
    seconds = {}
    for n in options.samples:
        dataset = drawn.make(f"bench_engines_{n}", drawn.coco_like(n))
        for name, work in works.items():
            answer = work(dataset, engines[0])
            for engine in engines * options.rounds:
                begun = time.perf_counter()
                if work(dataset, engine) != answer:
                    raise SystemExit(f"wrong result: {name} of {n:,} samples")
                taken = time.perf_counter() - begun
                key = name, engine.name, n
                seconds[key] = min(taken, seconds.get(key, taken))
            for engine in engines:
                took = f"{seconds[name, engine.name, n]:.2f} s"
                print(f"{name}, {engine.name}, {n:,} samples: {took}", flush=True)
        dataset.delete()
    for name in works:
        _report(name, [engine.name for engine in engines], seconds, options.samples)


def _report(name, engines, seconds, sizes):
    lines = {engine: _line(name, engine, seconds, sizes) for engine in engines}
    _, alone = lines["local"]
    print(f"\n{name}")
    for engine, (start, each) in lines.items():
        text = f"  {engine:<10} {start:6.1f} s + {each * 1e6:6.1f} us per sample"
        if engine != "local":
            gain = alone - each
            begins = start - lines["local"][0]
            text += (
                f"; pays off from {begins / gain:,.0f} samples"
                if gain > 0
                else "; does not pay off: the database or the CPU is the limit"
            )
        print(text)
        for what, n in SCALES:
            print(f"    {what:<38} {(start + each * n) / 60:8.1f} min")


def _line(name, engine, seconds, sizes):
    """Returns the seconds to start, and the seconds per sample."""
    few, many = sizes
    a, b = seconds[name, engine, few], seconds[name, engine, many]
    each = (b - a) / (many - few)
    return max(a - each * few, 0.0), each


if __name__ == "__main__":
    main()
