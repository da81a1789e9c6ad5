"""The figures of the report: each duplicate over the label that it duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bson import ObjectId

from ...labels.reading.kinds.registry import Kind
from ...labels.scans import plans
from ..pictures.crops import Photographer
from ..pictures.draw import draw
from ..pictures.picture import DrawnLabel, Picture
from ..stored_labels import stored_labels

_SIDE = 220  # pixels


def figures(
    dataset: Any, plan: plans.Plan, shown: Sequence[plans.Removal], kind: Kind
) -> Iterator[dict[str, Any]]:
    """Yields a figure for each of some labels that a plan removes.

    Args:
        dataset: the dataset
        plan: the plan
        shown: some of its removals
        kind: the kind of its labels
    """
    photographer = Photographer(_SIDE)
    for removal in shown:
        ids = [removal.label_id, *filter(None, [removal.partner_id])]
        document = stored_labels(
            dataset, plan.params, ObjectId(removal.document_id), ids
        )
        partner = document and document.labels.get(removal.partner_id or "")
        picture = draw(kind, document, photographer)
        removed = ids if removal.kept_id is None else ids[:1]
        yield {
            "class": removal.class_name,
            "has_partner": bool(partner),
            "partner_class": partner and partner.get("label"),
            "iou": removal.iou,
            "mask_iou": removal.mask_iou,
            "reason": f"{'kept: ' if removal.kept_id else ''}{removal.reason}",
            "place": _place(
                document.filepath if document else "", removal.frame_number
            ),
            "picture": picture,
            "shapes": _shapes(picture, removed),
        }


def _place(path: str, frame_number: int | None) -> str:
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    return name if frame_number is None else f"{name}, frame {frame_number:,}"


def _shapes(picture: Picture, removed: Sequence[str]) -> list[tuple[DrawnLabel, str]]:
    """Returns the shapes, each with ``"removed"`` or ``"kept"``, the removed on top."""
    shapes = sorted(picture.shapes, key=lambda shape: shape.label_id in removed)
    return [(s, "removed" if s.label_id in removed else "kept") for s in shapes]
