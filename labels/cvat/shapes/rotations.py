"""Conversion of box rotations between CVAT's degrees and the unit of the field."""

from __future__ import annotations

import math
from typing import Any

from ...reading.kinds.turned import RADIANS


def to_degrees(rotation: float, unit: str) -> float:
    """Returns a rotation in CVAT's degrees, in ``[0, 360)``.

    Args:
        rotation: a finite number
        unit: the unit of ``rotation``
    """
    degrees = math.degrees(rotation) if unit == RADIANS else float(rotation)
    turned = degrees % 360.0
    # rounding turns a tiny negative angle into a full turn
    return 0.0 if turned >= 360.0 else turned


def from_degrees(degrees: float, unit: str, before: Any = None) -> float:
    """Returns a rotation from CVAT in the unit of a field.

    Args:
        degrees: the rotation, in ``[0, 360]``
        unit: the unit of the result
        before (None): the label's previous rotation; if it was negative, rotations of
            more than half a turn become negative
    """
    turned = degrees % 360.0
    if isinstance(before, (int, float)) and before < 0 and turned > 180.0:
        turned -= 360.0
    return math.radians(turned) if unit == RADIANS else turned
