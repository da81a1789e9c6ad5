"""One HTML page about a plan, with everything in it, to send to a colleague."""

from __future__ import annotations

import math
from html import escape
from typing import Any

from ...labels.scans import plans
from ...labels.scans.compared import measure_of
from .. import dataset as overview
from .. import plans as planned
from .figures import STYLE as FIGURES
from .figures import figures, name_of

SHOWN = 100
"""How many duplicates are shown with a crop."""

_WIDTH, _HEIGHT, _LEFT, _FOOT, _TOP = 720, 220, 44, 36, 8

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""The page runs nothing and loads nothing, also where a name was not escaped."""

_STYLE = """
:root { color-scheme: light dark; --back: #fff; --text: #1b1b1b; --muted: #5c5c5c;
  --line: #ddd; --goes: #d95a00; --stays: #9a9a9a; --blue: #00799c; }
@media (prefers-color-scheme: dark) { :root { --back: #1a1a1a; --text: #eee;
  --muted: #adadad; --line: #3a3a3a; --goes: #ff6d04; --stays: #737373;
  --blue: #38bfe6; } }
body { margin: 0 auto; padding: 24px; max-width: 1080px; background: var(--back);
  color: var(--text); font: 15px/1.5 system-ui, sans-serif;
  font-variant-numeric: tabular-nums; }
h1 { margin: 0; font-size: 24px; } h2 { margin: 32px 0 8px; font-size: 18px; }
.lead { font-size: 17px; } .muted { color: var(--muted); }
table { border-collapse: collapse; } td, th { padding: 3px 16px 3px 0; text-align: left;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td.n, th.n { text-align: right; } svg { max-width: 100%; height: auto; }
svg text { fill: var(--muted); } .chart text { font-size: 11px; }
.goes { color: var(--goes); font-weight: 600; } .stays { color: var(--blue);
  font-weight: 600; }
"""


def write(dataset: Any, plan: plans.Plan) -> dict[str, str]:
    """Returns the page and a name for its file.

    Args:
        dataset: the dataset
        plan: the plan, restricted to classes or not
    """
    facts = overview.summary_entry(dataset, plan.scan_key)
    parts = [
        _head(dataset.name, facts, plan),
        _parameters(facts, plan),
        f"<h2>Largest {facts['measure']} of each label</h2>",
        _histogram(facts, plan.params.iou_thresh),
        _classes(facts, plan),
        _pictures(dataset, plan),
    ]
    html = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Duplicate objects in {escape(dataset.name)}</title>"
        f"<style>{_STYLE}{FIGURES}</style></head><body>{''.join(parts)}</body></html>\n"
    )
    return {"filename": f"duplicates-{plan.scan_key}.html", "html": html}


def _head(name: str, facts: dict[str, Any], plan: plans.Plan) -> str:
    return (
        f"<h1>Duplicate objects in {escape(name)}</h1>"
        f'<p class="muted">{escape(facts["title"])} · scanned '
        f"{escape(facts['created_at'][:16].replace('T', ' '))} UTC</p>"
        f'<p class="lead">At {plan.params.iou_thresh:g}, <b>{len(plan):,}</b> of '
        f"{facts['labels']:,} labels would go, in "
        f"{_units(len(plan.seen), facts['unit'])}.</p>"
    )


def _parameters(facts: dict[str, Any], plan: plans.Plan) -> str:
    params = plan.params
    skipped = facts["skipped"]
    reasons = ", ".join(f"{n:,} {why}" for why, n in skipped["reasons"].items())
    rows = {
        "Label field": params.label_field,
        "Compared with": params.other_field or "itself",
        "Classes": "same class only" if params.classwise else "any class",
        "Crowd attribute": params.iscrowd or "none",
        "Compared by": ", ".join(facts["compared"]) or facts["kind"],
        "Threshold": f"{measure_of(facts['kind'], params.metric)} above "
        f"{params.iou_thresh:g}",
        "Method": params.method,
        "Scanned": ", ".join(
            (
                facts["scope"]["kind"],
                *_slices(facts["scope"]["slices"]),
                _units(facts["samples"], facts["unit"]),
            )
        ),
        "Skipped": f"{skipped['count']:,} labels"
        + (f" ({reasons})" if reasons else ""),
        "Scan": facts["scan_key"],
    }
    cells = "".join(
        f'<tr><th scope="row">{name}</th><td>{escape(str(value))}</td></tr>'
        for name, value in rows.items()
    )
    return f"<h2>Parameters</h2><table>{cells}</table>"


def _histogram(facts: dict[str, Any], threshold: float) -> str:
    histogram, measure = facts["histogram"], facts["measure"]
    counts = histogram["counts"]
    most = max(1, *counts)
    top = math.log10(most + 1)
    wide = (_WIDTH - _LEFT) / len(counts)

    def height(count: float) -> float:
        return (_HEIGHT - _FOOT - _TOP) * math.log10(count + 1) / top

    base = _HEIGHT - _FOOT
    bars = "".join(
        f'<rect x="{_LEFT + k * wide:.1f}" y="{base - height(n):.1f}" '
        f'width="{wide - 1:.1f}" height="{height(n):.1f}" '
        f'fill="var(--{"goes" if k / len(counts) >= threshold else "stays"})">'
        f"<title>{k / 100:.2f}-{(k + 1) / 100:.2f}: {n:,} labels</title></rect>"
        for k, n in enumerate(counts)
        if n
    )
    powers = range(int(math.log10(most)) + 1)
    ticks = "".join(
        f'<text x="{_LEFT - 6}" y="{base - height(10**p) + 4:.1f}" '
        f'text-anchor="end">{10**p:,}</text>'
        for p in powers
    )
    labels = "".join(
        f'<text x="{_LEFT + k * (_WIDTH - _LEFT) / 10:.1f}" y="{base + 16}" '
        f'text-anchor="{"end" if k == 10 else "middle"}">{k / 10:.1f}</text>'
        for k in range(11)
    )
    at = _LEFT + threshold * (_WIDTH - _LEFT)
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'role="img" aria-label="Histogram of the largest {measure} of each label">'
        f'{bars}<path d="M{_LEFT} {base}H{_WIDTH}" stroke="var(--line)"/>'
        f'<path d="M{at:.1f} {_TOP}V{base}" stroke="var(--text)"/>{ticks}{labels}'
        f'<text x="{_WIDTH}" y="{_HEIGHT - 4}" text-anchor="end">{measure}; labels, '
        "logarithmic</text></svg>"
        f'<p class="muted">{histogram["zero"]:,} labels overlap no other; '
        f"{histogram['none']:,} have none to compare with.</p>"
    )


def _classes(facts: dict[str, Any], plan: plans.Plan) -> str:
    totals = {entry["name"]: entry["labels"] for entry in facts["classes"]}
    counts = planned.class_counts(removal.class_name for removal in plan.removals)
    rows = "".join(
        f'<tr><td>{name_of(entry["name"])}</td><td class="n">{entry["labels"]:,}</td>'
        f'<td class="n">{totals.get(entry["name"], 0):,}</td></tr>'
        for entry in counts
    )
    if not rows:
        return "<h2>By class</h2><p>No label would go.</p>"
    return (
        '<h2>By class</h2><table><tr><th>Class</th><th class="n">would go</th>'
        f'<th class="n">labels</th></tr>{rows}</table>'
    )


def _pictures(dataset: Any, plan: plans.Plan) -> str:
    shown = plan.removals[:SHOWN]
    if not shown:
        return ""
    part = f"The first {len(shown):,} of" if len(plan) > SHOWN else "All"
    items = "".join(figures(dataset, plan, shown))
    return (
        f'<h2>Duplicates</h2><p class="muted">{part} {len(plan):,}. The label that '
        '<span class="goes">would be removed</span> over the one that is '
        '<span class="stays">kept</span>, if one is.</p>'
        f'<div class="crops">{items}</div>'
    )


def _slices(names: list[str] | None) -> list[str]:
    if not names:
        return []
    return [f"slice{'s' if len(names) > 1 else ''} {', '.join(names)}"]


def _units(n: int, unit: str) -> str:
    return f"{n:,} {unit if n == 1 else unit + 's'}"
