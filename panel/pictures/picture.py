"""Pictures of labels over their image, frame, scene or video.

The panel and the report draw the same pictures. Pictures have no colors: the panel and
the report choose those of removed and kept labels.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

NOT_READABLE = {False: "image not readable", True: "frame not readable"}
GONE = "these labels no longer exist"


@dataclass(frozen=True)
class DrawnLabel:
    """One label as SVG paths.

    Attributes:
        label_id: the label
        outline: lines
        dots: points, drawn with thick round line ends
        filled: whether the outline encloses an area
    """

    label_id: str
    outline: str
    dots: str = ""
    filled: bool = False


@dataclass(frozen=True)
class Text:
    """A short text in a picture.

    Attributes:
        x: its position
        y: its base line
        text: the text
        anchor: the part of the text at ``x``: ``start``, ``middle`` or ``end``
    """

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Picture:
    """A picture of labels.

    Attributes:
        width: its width, in units of the paths
        height: its height
        source: an image as a ``data:`` URL, over the whole width; None if there is none
        image_height: its height
        note: the reason why there is no image, or no picture
        guides: a path of lines for comparison
        texts: the texts
        shapes: the labels
        separate: whether no shape covers another. All lines are then equally thick, as
            a thicker line would make a bar look longer
    """

    width: int
    height: int
    source: str | None = None
    image_height: int = 0
    note: str | None = None
    guides: str = ""
    texts: list[Text] = field(default_factory=list)
    shapes: list[DrawnLabel] = field(default_factory=list)
    separate: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Returns the picture, ready for JSON."""
        return asdict(self)
