"""``python -m dev.simulation [SEEDS]``: stated likelihoods compared with the truth."""

import sys

import duplicates_loader

from .reliability import Summary, of_scene, wilson
from .scenes import MIXES

_IMAGES = 1500
_FIRST = 1000  # the model was made on lower seeds


def main(seeds):
    """Prints, for each mix, how true the bands of likelihood are."""
    duplicates_loader.load()
    from duplicates.iou_core.decisions.cost import DRAWS, CostTally
    from duplicates.iou_core.decisions.likelihood import EvidenceTally, fit
    from duplicates.iou_core.overlaps import find_overlaps

    for mix in MIXES:
        found = Summary()
        for seed in range(_FIRST, _FIRST + seeds):
            scene = of_scene(find_overlaps, EvidenceTally, fit, mix, _IMAGES, seed)
            found.add(scene, CostTally(1, DRAWS))
        by_iou, by_likelihood = found.precision / seeds
        print(f"\n{mix.name}: {seeds} datasets of {_IMAGES:,} images")
        print(f"  average precision: IoU {by_iou:.3f}, likelihood {by_likelihood:.3f}")
        total = f"{found.stated.sum():,.0f} expected, {found.true.sum():,.0f} true"
        print(f"  duplicates: {total}")
        print(f"  numbers of a cut within their interval: {found.numbers} of {seeds}")
        print("  stated  true  interval       pairs  datasets that hold it")
        for k in range(10):
            n, true = int(found.count[k]), int(found.true[k])
            if n:
                interval = "{:.2f} to {:.2f}".format(*wilson(true, n))
                share = found.held[k] / found.of[k]
                stated = found.stated[k] / n
                row = f"  {stated:6.2f}  {true / n:4.2f}  {interval}  {n:8,}"
                print(f"{row}  {found.held[k]} of {found.of[k]}: {share:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
