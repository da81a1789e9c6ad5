"""One self-contained HTML page about a plan, to send to a colleague."""

from __future__ import annotations

import math
import pathlib
import re
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...labels.plurals import counted, predicate
from ...labels.reading.kinds.registry import kind_named
from ...labels.review.expected import costs
from ...labels.review.groups import list_groups
from ...labels.scans import plans
from ...labels.scans.decisions.class_pair_rules import load_class_pairs
from ...labels.scans.decisions.decider import DECIDES
from ...labels.scans.largest_overlaps import count_largest
from ...labels.scans.scan_words import measure_of
from .. import dataset as overview
from .. import plan_answers
from .figures import figures

SHOWN = 100
"""The largest number of duplicates that are shown with a crop."""

_WIDTH, _HEIGHT, _LEFT, _FOOT, _TOP = 720, 220, 44, 36, 8


def write(
    dataset: Any, plan: plans.Plan, classes: list[str | None] | None = None
) -> dict[str, str]:
    """Returns the page and a name for its file.

    Args:
        dataset: the dataset
        plan: the plan
        classes (None): the classes that it is restricted to
    """
    scan = overview.summary_entry(dataset, plan.scan_key)
    totals = {entry["name"]: entry["labels"] for entry in scan["classes"]}
    counts = plan_answers.class_counts(removal.class_name for removal in plan.removals)
    shown = _likeliest(dataset, plan, SHOWN)
    html = _template().render(
        name=dataset.name,
        scan=scan,
        plan=plan,
        scanned_at=scan["created_at"][:16].replace("T", " "),
        threshold=plan.params.iou_thresh,
        n_images=counted(len(plan.seen), scan["unit"]),
        cost=costs.in_words(costs.of_plan(dataset, plan, classes)),
        parameters=_parameters(dataset, scan, plan),
        measure=measure_of(scan["kind"], plan.params.metric),
        chart=_chart(
            count_largest(dataset, plan.scan_key, plan.params.metric),
            plan.params.iou_thresh,
        ),
        classes=[{**c, "total": totals.get(c["name"], 0)} for c in counts],
        shown=len(shown),
        figures=figures(dataset, plan, shown, kind_named(scan["kind"], plan.params)),
    )
    name = re.sub(r"[^\w.-]+", "-", dataset.name)
    return {"filename": f"{name}-duplicates.html", "html": html}


def _likeliest(dataset: Any, plan: plans.Plan, n: int) -> list[plans.Removal]:
    """Returns the labels of a plan that are most likely duplicates, those first."""
    decided = {name: getattr(plan.params, name) for name in (*DECIDES, "classwise")}
    page = list_groups(
        dataset, plan.scan_key, 0, n, classes=list(plan.by_class), **decided
    )
    likelihood: dict[str, float] = {}
    for group in page.groups:
        for pair in group["pairs"]:
            for label_id in pair["label_ids"]:
                known = likelihood.get(label_id, 0.0)
                likelihood[label_id] = max(known, pair["likelihood"])
    order = sorted(plan.removals, key=lambda r: -likelihood.get(r.label_id, 0.0))
    return order[:n]


def _template() -> Any:
    folder = pathlib.Path(__file__).parent
    pages = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(thousands="{:,}".format, class_name=_class_name)
    return pages.get_template("template.html")


def _class_name(name: str | None) -> str:
    return "(no class)" if name is None else name or "(empty name)"


def _parameters(dataset: Any, scan: dict[str, Any], plan: plans.Plan) -> dict[str, str]:
    params, scope, skipped = plan.params, scan["scope"], scan["skipped"]
    reasons = ", ".join(
        f"{n:,} {predicate(n, why)}" for why, n in skipped["reasons"].items()
    )
    slices = ", ".join(scope["slices"] or ())
    scanned = [scope["kind"], counted(scan["samples"], scan["unit"])]
    if slices:
        scanned.insert(1, f"slice{'s' * (len(scope['slices']) > 1)} {slices}")
    compared = scan["compared"]
    kind = [] if any(scan["kind"] in words for words in compared) else [scan["kind"]]
    return {
        "Label field": params.label_field,
        "Compared with": params.other_field or "itself",
        "Classes": "same class only" if params.classwise else "any class",
        "Crowd attribute": params.iscrowd or "none",
        "Compared by": ", ".join((*kind, *compared)),
        "Threshold": f"{measure_of(scan['kind'], params.metric)} above "
        f"{params.iou_thresh!r}",
        "Method": params.method,
        "Keep": ", then ".join(params.keep) or "FiftyOne's order",
        "Class pairs": "; ".join(map(_rule, load_class_pairs(dataset))) or "no rules",
        "Scanned": ", ".join(scanned),
        "Skipped": counted(skipped["count"], "label") + f" ({reasons})" * bool(reasons),
        "Scan": scan["scan_key"],
    }


def _rule(rule: dict[str, Any]) -> str:
    names = " and ".join(map(_class_name, rule["classes"]))
    if rule["may_overlap"]:
        return f"{names} may overlap"
    return f"{names} are duplicates above {rule['iou_thresh']:g}"


def _chart(counts: list[int], threshold: float) -> dict[str, Any]:
    """Returns the bars and the axes of the histogram, placed in its drawing."""
    most = max(1, *counts)
    base, wide = _HEIGHT - _FOOT, (_WIDTH - _LEFT) / len(counts)

    def height(count: int) -> float:
        return (base - _TOP) * math.log10(count + 1) / math.log10(most + 1)

    def x_of(overlap: float) -> str:
        return f"{_LEFT + overlap * (_WIDTH - _LEFT):.1f}"

    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "left": _LEFT,
        "top": _TOP,
        "base": base,
        "at": x_of(threshold),
        "bars": [
            {
                "fate": "removed" if k / len(counts) >= threshold else "rest",
                "x": x_of(k / len(counts)),
                "y": f"{base - height(n):.1f}",
                "width": f"{wide - 1:.1f}",
                "height": f"{height(n):.1f}",
                "words": f"{k / 100:.2f}-{(k + 1) / 100:.2f}: {counted(n, 'label')}",
            }
            for k, n in enumerate(counts)
            if n
        ],
        "counts": [
            (f"{base - height(10**power) + 4:.1f}", f"{10**power:,}")
            for power in range(int(math.log10(most)) + 1)
        ],
        "overlaps": [(x_of(k / 10), f"{k / 10:.1f}") for k in range(11)],
    }
