"""Time and peak memory as a function of the number of samples, for both sides."""

from __future__ import annotations

import json
import pathlib
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass

import fiftyone as fo

from . import drawn

ROOT = pathlib.Path(__file__).resolve().parents[1]


@dataclass
class Point:
    """The cost of one task at one size.

    Attributes:
        work: the name of the task
        side: who did it
        samples: the number of samples
        labels: the number of labels
        seconds: the median of several processes
        megabytes: the largest peak of memory, less the memory of the imports
    """

    work: str
    side: str
    samples: int
    labels: int
    seconds: float
    megabytes: float


def points(sizes, fiftyone_up_to, rounds=3):
    """Yields the points of all tasks and both sides.

    Args:
        sizes: the numbers of samples
        fiftyone_up_to: the largest size at which FiftyOne runs too, once
        rounds (3): the number of runs of this project
    """
    for n in sizes:
        dataset = drawn.make(f"bench_scale_{n}", drawn.coco_like(n))
        dataset.persistent = True
        labels = dataset.count("ground_truth.detections")
        for work in ("find", "find, recorded", "max IoU"):
            both = n <= fiftyone_up_to and work != "find, recorded"
            answers = set()
            for side in ("ours", "FiftyOne")[: 1 + both]:
                runs = [
                    _child(work, side, dataset.name)
                    for _ in range(rounds if side == "ours" else 1)
                ]
                answers |= {run["answer"] for run in runs}
                yield Point(
                    work,
                    side,
                    n,
                    labels,
                    statistics.median(run["seconds"] for run in runs),
                    max(run["megabytes"] for run in runs),
                )
            if len(answers) > 1:
                raise SystemExit(f"wrong result: {work} at {n}: {answers}")
        fo.delete_dataset(dataset.name)


def show(found):
    """Prints the points as a table."""
    print(f"\n{'work':<18}{'side':<10}{'samples':>9}{'labels':>10}{'s':>9}{'MB':>7}")
    for point in found:
        print(
            f"{point.work:<18}{point.side:<10}{point.samples:>9,}{point.labels:>10,}"
            f"{point.seconds:>9.2f}{point.megabytes:>7.0f}"
        )


def save(found, folder):
    """Writes the points as JSON, and plots them.

    Returns:
        the path of the plot
    """
    (folder / "scale.json").write_text(
        json.dumps([asdict(point) for point in found], indent=1) + "\n"
    )
    return plot(found, folder / "benchmarks.png")


def plot(found, path):
    """Plots time and memory over the number of samples, on logarithmic axes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4))
    colors = {"ours": "#ff6d04", "FiftyOne": "#777777"}
    names = {"ours": "this plugin", "FiftyOne": "FiftyOne 1.22.1"}
    styles = {"find": "o-", "find, recorded": "s--", "max IoU": "^:"}
    for axis, value, title in zip(
        axes,
        ("seconds", "megabytes"),
        ("Seconds", "Peak memory without imports, MB"),
    ):
        for work, style in styles.items():
            for side, color in colors.items():
                line = [p for p in found if (p.work, p.side) == (work, side)]
                if line:
                    axis.plot(
                        [point.samples for point in line],
                        [max(getattr(point, value), 0.01) for point in line],
                        style,
                        color=color,
                        label=f"{work}, {names[side]}",
                    )
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.set_xlabel("Samples, 7.3 labels each")
        axis.set_title(title)
        axis.grid(alpha=0.3)
    axes[1].legend(fontsize=8, loc="lower right")
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    return path


def _child(work, side, name):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", work, side, name],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout.strip().rsplit("\n", 1)[-1])
