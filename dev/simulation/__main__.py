"""``python -m dev.simulation [SEEDS]``: stated likelihoods compared with the truth."""

import sys

import numpy as np

import duplicates_loader

from .reliability import average_precision, bands, of_scene
from .scenes import MIXES

_IMAGES = 3000


def main(seeds):
    """Prints, for each mix, the bands of likelihood and the average precisions."""
    duplicates_loader.load()
    from duplicates.iou_core.decisions.likelihood import EvidenceTally, fit
    from duplicates.iou_core.overlaps import find_overlaps

    for mix in MIXES:
        parts = [
            of_scene(find_overlaps, EvidenceTally, fit, mix, _IMAGES, seed)
            for seed in range(seeds)
        ]
        orders = [(part.iou, part.likelihood) for part in parts]
        each = [
            [average_precision(order, part.true) for order in two]
            for two, part in zip(orders, parts)
        ]
        by_iou, by_likelihood = np.mean(each, axis=0)
        stated = np.concatenate([part.likelihood for part in parts])
        true = np.concatenate([part.true for part in parts])
        print(f"\n{mix.name}: {seeds} datasets of {_IMAGES:,} images")
        print(f"  average precision: IoU {by_iou:.3f}, likelihood {by_likelihood:.3f}")
        print(f"  duplicates: {stated.sum():,.0f} expected, {true.sum():,} true")
        print("  stated  true  interval       pairs")
        for band in bands(stated, true):
            interval = f"{band.low:.2f} to {band.high:.2f}"
            print(
                f"  {band.stated:6.2f}  {band.true:4.2f}  {interval}  {band.count:8,}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
