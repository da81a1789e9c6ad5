"""The rotations of boxes, in CVAT's degrees and in the unit of their field."""

from __future__ import annotations

import math
from typing import Any

from ...reading.kinds.turned import RADIANS


def to_degrees(rotation: float, unit: str) -> float:
    """Returns a rotation as CVAT takes it, in ``[0, 360)``.

    Args:
        rotation: a finite number
        unit: what it is given in
    """
    degrees = math.degrees(rotation) if unit == RADIANS else float(rotation)
    turned = degrees % 360.0
    # rounding makes a full turn of a tiny negative angle
    return 0.0 if turned >= 360.0 else turned


def from_degrees(degrees: float, unit: str, before: Any = None) -> float:
    """Returns a rotation of CVAT's in the unit of a field.

    Args:
        degrees: in ``[0, 360]``
        unit: what it is to be given in
        before (None): the rotation that the label had; where that was negative, so are
            rotations of more than half a turn
    """
    turned = degrees % 360.0
    if isinstance(before, (int, float)) and before < 0 and turned > 180.0:
        turned -= 360.0
    return math.radians(turned) if unit == RADIANS else turned
