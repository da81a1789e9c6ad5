"""Labels as pictures: what each looks like, over what it is in.

One picture serves the panel and the report. It knows no colors: who goes and who stays
is told apart by whoever draws it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

NOT_READABLE = {False: "image not readable", True: "frame not readable"}
GONE = "these labels are gone"


@dataclass(frozen=True)
class Shape:
    """What one label looks like, as paths of SVG.

    Attributes:
        label_id: the label
        outline: lines
        dots: what is drawn with thick round ends
        filled: whether the outline is one of an area
    """

    label_id: str
    outline: str
    dots: str = ""
    filled: bool = False


@dataclass(frozen=True)
class Text:
    """A short text in a picture.

    Attributes:
        x: where it is
        y: its base line
        text: what it says
        anchor: which part of it is there: ``start``, ``middle`` or ``end``
    """

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Picture:
    """Labels in what they are in.

    Attributes:
        width: its width, in units of the paths
        height: its height
        source: an image as a ``data:`` address, over the whole width; None for none
        image_height: its height
        note: why there is no image, or nothing at all
        guides: a path of what is there for comparison
        texts: what is written
        shapes: the labels
        separate: whether no shape covers another, so that all lines are drawn alike:
            a thicker one would make a bar look longer
    """

    width: int
    height: int
    source: str | None = None
    image_height: int = 0
    note: str | None = None
    guides: str = ""
    texts: list[Text] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    separate: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Returns the picture, ready for JSON."""
        return asdict(self)
