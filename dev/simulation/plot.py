"""``python -m dev.simulation.plot [SEEDS]``: draws ``docs/images/reliability.svg``."""

import pathlib
import sys

import numpy as np

import duplicates_loader

from .reliability import bands, of_scene
from .scenes import MIXES

_IMAGES, _SIDE, _LEFT = 3000, 320, 40
_COLORS = ("#4269d0", "#a463f2", "#3ca951", "#ff725c", "#9c6b4e", "#6cc5b0")
_FILE = pathlib.Path(__file__).parents[2] / "docs" / "images" / "reliability.svg"


def main(seeds):
    """Draws, for each mix, the stated likelihoods against the shares that are true."""
    duplicates_loader.load()
    from duplicates.iou_core.decisions.likelihood import EvidenceTally, fit
    from duplicates.iou_core.overlaps import find_overlaps

    marks = []
    for row, (mix, color) in enumerate(zip(MIXES, _COLORS)):
        parts = [
            of_scene(find_overlaps, EvidenceTally, fit, mix, _IMAGES, seed)
            for seed in range(seeds)
        ]
        stated = np.concatenate([part.likelihood for part in parts])
        true = np.concatenate([part.true for part in parts])
        for band in bands(stated, true):
            x, y = _LEFT + _SIDE * band.stated, _SIDE * (1 - band.true) + 10
            ends = [_SIDE * (1 - end) + 10 for end in (band.low, band.high)]
            marks.append(
                f'<path d="M{x:.1f} {ends[0]:.1f}V{ends[1]:.1f}" stroke="{color}"/>'
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>'
            )
        at = 24 + 18 * row
        marks.append(
            f'<circle cx="{_SIDE + 62}" cy="{at}" r="4" fill="{color}"/>'
            f'<text x="{_SIDE + 74}" y="{at + 4}">{mix.name}</text>'
        )
    axes = "".join(
        f'<text x="{_LEFT + _SIDE * k / 5:.0f}" y="{_SIDE + 28}" '
        f'text-anchor="middle">{k / 5:g}</text>'
        f'<text x="{_LEFT - 6}" y="{_SIDE * (1 - k / 5) + 14:.0f}" '
        f'text-anchor="end">{k / 5:g}</text>'
        for k in range(6)
    )
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="560" height="{_SIDE + 56}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" '
        f'fill="white"/><rect x="{_LEFT}" y="10" width="{_SIDE}" height="{_SIDE}" '
        f'fill="none" stroke="#999"/><path d="M{_LEFT} {_SIDE + 10}L{_LEFT + _SIDE} '
        f'10" stroke="#bbb"/>{axes}<text x="{_LEFT + _SIDE / 2}" y="{_SIDE + 48}" '
        'text-anchor="middle">stated likelihood; up: share of one object, with 95 % '
        f"intervals</text>{''.join(marks)}</svg>\n"
    )
    _FILE.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
