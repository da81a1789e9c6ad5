"""Pictures of temporal segments: a frame, and below it bars along time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..stored_labels import Document
from . import svg_paths
from .crops import Photographer
from .picture import NOT_READABLE, DrawnLabel, Picture, Text

WIDTH = 360

_MOST_ROW = 40
_LEAST_ROW = 8
_ALL_ROWS = 200
_AXIS = 36
_GAP = 10
_MARGIN = 0.15  # of the time shown, before and after it


def draw(
    segments: dict[str, npt.NDArray[np.int64]],
    document: Document,
    photographer: Photographer,
) -> Picture:
    """Returns a picture with one bar for each segment, each in its own row.

    Args:
        segments: the first and last frame of each segment, by label id
        document: the labels with their video
        photographer: reads the frame
    """
    firsts, lasts = np.array(list(segments.values())).T
    begin, end = int(firsts.min()), int(lasts.max()) + 1
    around = max(1, round(_MARGIN * (end - begin)))
    low, high = max(1, begin - around), end + around
    middle = (int(firsts.max()) + int(lasts.min())) // 2
    crop = photographer.whole(document.filepath, middle)
    top = round(WIDTH / crop.width * crop.height) if crop else 0

    def at(frame: float) -> float:
        return WIDTH * (frame - low) / (high - low)

    shapes, y = _bars(segments, at, top + _GAP)
    guides = f"M0 {y:.1f}H{WIDTH}"
    guides += "".join(f"M{at(frame):.1f} {y:.1f}v6" for frame in (begin, end))
    guides += f"M{at(middle):.1f} {top:.1f}V{y:.1f}" if crop else ""
    texts = [
        Text(max(0.0, at(begin)), y + 30, f"{begin:,}"),
        Text(min(float(WIDTH), at(end)), y + 30, f"frame {end - 1:,}", "end"),
    ]
    return Picture(
        WIDTH,
        round(y) + _AXIS,
        crop.source if crop else None,
        top,
        None if crop else NOT_READABLE[True],
        guides,
        texts,
        shapes,
        separate=True,
    )


def _bars(
    segments: dict[str, npt.NDArray[np.int64]], at: Callable[[float], float], y: float
) -> tuple[list[DrawnLabel], float]:
    """Returns a bar for each segment, in rows from ``y`` on, and their end."""
    row = min(_MOST_ROW, max(_LEAST_ROW, _ALL_ROWS / len(segments)))
    shapes = []
    for label_id, (first, last) in segments.items():
        wide = at(int(last) + 1) - at(int(first))
        bar = svg_paths.rectangle(at(int(first)), y + row * 0.15, wide, row * 0.7)
        shapes.append(DrawnLabel(label_id, svg_paths.line(bar), filled=True))
        y += row
    return shapes, y
