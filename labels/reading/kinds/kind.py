"""A kind of label: what is read of one, its shape, and how shapes are compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ....iou_core.arrays import Ints
from ....iou_core.geometry.protocol import Geometry
from ....iou_core.params import ComputeParams
from ..columns import LabelColumns
from .shapes import Shape, ShapeColumns

GeometryOf = Callable[[Sequence[LabelColumns], Ints, ComputeParams], Geometry]


@dataclass(frozen=True)
class Kind:
    """A kind of label.

    Attributes:
        name: its name in scans and forms
        words: its name in messages
        document: FiftyOne's type of its fields
        keys: what is read of a label besides its id and class
        shape_of: returns the :class:`.shapes.Shape` of a label, or raises a
            :class:`.shapes.ShapeError`
        columns_of: returns the :class:`.shapes.ShapeColumns` of ``M`` labels, from
            the raw bytes, the elements of the labels, and ``(M,)`` which labels have
            no other elements. It leaves labels that are stored in any other way than
            FiftyOne's to ``shape_of``
        geometry_of: returns the geometry of the ``N`` labels of one field or of two,
            from the columns of each field, ``(N,)`` the image of each label, and the
            parameters
        options: the parameters of :class:`....iou_core.params.ComputeParams` that
            apply to this kind alone
        chosen_by: the parameter that chooses this kind among those of its document
        earlier_names: names under which earlier versions stored it
        may_be_in_space: whether labels may be cuboids, and boxes may be turned. If so,
            ``shape_of`` and ``columns_of`` take which labels are cuboids as their last
            argument
    """

    name: str
    words: str
    document: type
    keys: tuple[str, ...]
    shape_of: Callable[..., Shape]
    columns_of: Callable[..., ShapeColumns]
    geometry_of: GeometryOf
    options: frozenset[str] = frozenset()
    chosen_by: str | None = None
    earlier_names: tuple[str, ...] = ()
    may_be_in_space: bool = False
