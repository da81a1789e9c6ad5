"""The figures of the report: each duplicate over what it duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from bson import ObjectId

from ...labels.reading.kinds import registry
from ...labels.scans import plans, stored
from ...labels.scans.compared import measure_of
from ..pictures.crops import Photographer
from ..pictures.draw import draw
from ..pictures.picture import Picture, Shape
from ..stored_labels import stored_labels

_SIDE = 220  # pixels

STYLE = """
.crops { display: grid; gap: 16px; padding: 0;
  grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); }
figure { margin: 0; }
figure svg { display: block; width: 100%; height: 240px; border-radius: 4px;
  background: rgba(128, 128, 128, 0.14); }
figure path { fill: none; stroke-linejoin: round; stroke-linecap: round;
  vector-effect: non-scaling-stroke; }
figure .guide { stroke: var(--muted); stroke-opacity: 0.6; }
figure .halo { stroke: #000; stroke-opacity: 0.55; stroke-width: 3px; }
figure .is-goes { stroke: #ff6d04; stroke-width: 2px; }
figure .is-stays { stroke: #00aadc; stroke-width: 6px; }
figure .is-goes.area { fill: #ff6d04; fill-opacity: 0.2; }
figure .is-stays.area { fill: #00aadc; fill-opacity: 0.25; }
figure .is-goes.dots { stroke-width: 4px; }
figure .is-stays.dots { stroke-width: 11px; }
figure svg.separate path { stroke-width: 2px; }
figure svg.separate .halo { stroke-width: 3px; }
figcaption { font-size: 13px; overflow-wrap: anywhere; }
"""


def figures(
    dataset: Any, plan: plans.Plan, shown: Sequence[plans.Removal]
) -> Iterator[str]:
    """Yields a figure for each of some labels that would go.

    Args:
        dataset: the dataset
        plan: the plan
        shown: some of its removals
    """
    kind = registry.kind_named(stored.open_scan(dataset, plan.scan_key).config["kind"])
    photographer = Photographer(_SIDE)
    for removal in shown:
        ids = [removal.label_id, *filter(None, [removal.partner_id])]
        holder = stored_labels(dataset, plan.params, ObjectId(removal.holder_id), ids)
        held = holder.labels if holder is not None else {}
        partner = held.get(removal.partner_id or "")
        against = "" if partner is None else f" over {name_of(partner.get('label'))}"
        removed = ids if removal.kept_id is None else ids[:1]
        why = escape(f"{'kept: ' if removal.kept_id else ''}{removal.reason}")
        path = holder.filepath if holder is not None else ""
        place = path.replace("\\", "/").rsplit("/", 1)[-1]
        if removal.frame_number is not None:
            place += f", frame {removal.frame_number:,}"
        yield (
            f"<figure>{_svg(draw(kind, holder, photographer), removed)}"
            f"<figcaption><b>{name_of(removal.class_name)}</b>{against}, "
            f"{measure_of(kind.name)} {removal.iou:.3f}<br>{why}<br>"
            f'<span class="muted">{escape(place)}</span>'
            "</figcaption></figure>"
        )


def name_of(name: str | None) -> str:
    """Returns a class as the page names it."""
    return escape("(no class)" if name is None else name or "(empty name)")


def _svg(picture: Picture, removed: Sequence[str]) -> str:
    parts = []
    if picture.source is not None:
        parts.append(
            f'<image href="{picture.source}" width="{picture.width}" '
            f'height="{picture.image_height}"/>'
        )
    if picture.note is not None:
        parts.append(
            f'<text x="{picture.width / 2:g}" y="{max(picture.height / 2, 30):g}" '
            f'text-anchor="middle">{escape(picture.note)}</text>'
        )
    parts.append(f'<path class="guide" d="{picture.guides}"/>')
    # removed labels are drawn over kept ones
    for shape in sorted(picture.shapes, key=lambda shape: shape.label_id in removed):
        fate = "is-goes" if shape.label_id in removed else "is-stays"
        parts += _paths(shape, fate)
    parts += [
        f'<text x="{text.x:g}" y="{text.y:g}" text-anchor="{text.anchor}">'
        f"{escape(text.text)}</text>"
        for text in picture.texts
    ]
    return (
        f'<svg viewBox="0 0 {picture.width} {picture.height}" role="img" '
        f'class="{"separate" if picture.separate else ""}" '
        f'style="font-size: {picture.width / 14:.1f}px" '
        f'aria-label="The label and what it duplicates">{"".join(parts)}</svg>'
    )


def _paths(shape: Shape, fate: str) -> list[str]:
    area = " area" if shape.filled else ""
    halo = f'<path class="halo" d="{shape.outline}"/>'
    own = f'<path class="{fate}{area}" fill-rule="evenodd" d="{shape.outline}"/>'
    dots = f'<path class="{fate} dots" d="{shape.dots}"/>'
    return [
        *([halo, own] if shape.outline else ()),
        *([dots] if shape.dots else ()),
    ]
