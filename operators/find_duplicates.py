"""The operator that finds duplicates and stores them as a scan."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.decisions.likelihood import from_verdicts
from ..iou_core.geometry.unmarked import to_rows
from ..iou_core.params import FindParams
from ..labels.plurals import counted, first_of
from ..labels.review.class_text import class_text
from ..labels.review.expected import costs
from ..labels.review.expected.search_costs import SearchCosts
from ..labels.scans import incremental, register, search
from ..labels.scans.blocks.compare import decoder_for
from ..labels.scans.decisions import verdicts
from ..labels.scans.decisions.presence import require_present
from ..labels.scans.scan_words import measure_of
from . import compare_form, engine_form, forms
from .base import (
    DuplicatesOperator,
    listed,
    rotations,
    running,
    skipped_words,
    target,
    unit,
    unmarked_points,
)

_CLASSES = 20  # that the App lists after a scan


class FindDuplicates(DuplicatesOperator):
    name_ = "find_duplicates"
    label = "Find duplicate labels"
    description = "Compare labels and report those that mark one object twice"
    icon = "search"
    writes = "a scan; no label"
    returns = (
        *("count", "samples", "by_class", "labels", "skipped", "scope"),
        *("truncated", "cost", "calibrated", "rotation_units", "unmarked", "label_ids"),
        *("label_ids_cut", "scan_key", "run_id"),
    )
    delegable = True
    parameters = (
        *forms.FIND_PARAMS,
        *engine_form.PARAMS,
        "scan_key",
        "title",
        "since",
        "recalibrate",
        "group_slices",
    )

    def form(self, ctx: Any, inputs: types.Object) -> None:
        target(ctx)
        forms.label_field(ctx, inputs)
        forms.threshold(ctx, inputs)
        forms.method(ctx, inputs)
        forms.keep(ctx, inputs)
        forms.label_field(ctx, inputs, "other_field")
        compare_form.options(ctx, inputs)
        compare_form.evidence(ctx, inputs)
        engine_form.field(ctx, inputs)
        inputs.str(
            "scan_key",
            required=False,
            label="Key of the scan",
            description="By default, a new key is made",
        )
        inputs.str("title", required=False, label="Title of the scan")
        inputs.str(
            "since",
            required=False,
            label="Reuse an earlier scan",
            description="A scan's key: only samples edited since are compared again",
        )
        n = verdicts.count_verdicts(ctx.dataset)
        if n:
            inputs.bool(
                "recalibrate",
                default=False,
                label=f"Recalibrate with {counted(n, 'verdict')}",
                description="Adjusts the likelihoods to the decisions of people",
            )
        forms.notice(
            inputs, "No label is changed", "The scan is stored for further use."
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return forms.only_field(ctx) is not None

    def check(self, ctx: Any) -> None:
        params, scan_key, _ = parse(ctx)
        engine_form.engine_of(ctx)
        samples = target(ctx)
        decoder_for(samples, params)
        require_present(samples, params)
        if scan_key is not None:
            register.require_free_key(ctx.dataset, scan_key)
        if ctx.params.get("since"):
            incremental.require_usable(samples, params, ctx.params["since"])

    def resolve_output(self, ctx: Any) -> types.Property:
        output = super().resolve_output(ctx)
        found = ctx.results or {}
        if found.get("scan_key"):
            outputs, key = output.type, found["scan_key"]
            notice = types.Notice(label=_by_class(found), description=f"Scan: {key}")
            outputs.view("classes", notice)
            outputs.btn(
                "open_panel",
                label="Open the panel on this scan",
                on_click="@iou/duplicates/open_scan",
                params={"scan_key": key},
            )
        return output

    def execute(self, ctx: Any) -> dict[str, Any]:
        params, scan_key, title = parse(ctx)
        samples = target(ctx)
        name, expected = params.label_field, SearchCosts()
        with running(ctx, self.name_, name, samples, writes=False) as run:
            found = search.find_duplicates(
                samples,
                params,
                scan_key,
                title,
                run=run,
                engine=engine_form.engine_of(ctx),
                since=ctx.params.get("since") or None,
                witness=expected.see,
                calibration=search.ANEW if ctx.params.get("recalibrate") else None,
            )
        cost = expected.cost(samples, params, found)
        return result(found, params, run.id, cost)


def _by_class(found: dict[str, Any]) -> str:
    """Returns the classes of duplicates with their counts, most first."""
    by_class = found["by_class"].items()
    counts = [(name, n["duplicates"]) for name, n in by_class if n["duplicates"]]
    words = [f"{name} {n:,}" for name, n in counts]
    return first_of(words, _CLASSES) or "No duplicates"


def parse(ctx: Any) -> tuple[FindParams, str | None, str | None]:
    """Returns the parameters, key and title that a form or a caller asks for."""
    return parse_given(ctx, ctx.params)


def parse_given(
    ctx: Any, params: dict[str, Any]
) -> tuple[FindParams, str | None, str | None]:
    """Returns the same for some of a context's parameters."""
    given = engine_form.without(params)
    given.pop("run_id", None)
    given.pop("group_slices", None)
    given.pop("since", None)
    given.pop("recalibrate", None)
    scan_key = given.pop("scan_key", None) or None
    title = given.pop("title", None) or None
    given["label_field"] = forms.only_field(ctx)
    given["keep"] = given.get("keep") or None
    given["iscrowd"] = given.get("iscrowd") or None
    return FindParams.parse(given), scan_key, title


def result(
    found: search.Tally,
    params: FindParams,
    run_id: str,
    cost: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Returns the result of a search, ready for JSON.

    Args:
        found: the result
        params: the parameters
        run_id: the run
        cost (None): what :func:`costs.of_labels` returns
    """
    config = found.config or {}
    message = _counts(found, params)
    message += "" if cost is None else costs.in_words(cost)
    calibrated = (config.get("calibration") or {"verdicts": 0})["verdicts"]
    if calibrated:
        message += f"; likelihoods from {from_verdicts(calibrated)}"
    skipped = found.skipped.to_dict()
    message += rotations(found.rotation_units)
    points = to_rows(found.unmarked)
    message += unmarked_points(points, params)
    message += skipped_words(skipped)
    return {
        "count": len(found.label_ids),
        "samples": found.images,
        "by_class": {class_text(k): n for k, n in found.by_class.items()},
        "labels": found.n_labels.total(),
        "skipped": skipped,
        "scope": config.get("scope"),
        "truncated": config.get("truncated", 0),
        "cost": cost,
        "calibrated": calibrated,
        "rotation_units": found.rotation_units,
        "unmarked": points,
        **listed(found.label_ids),
        "scan_key": found.scan_key,
        "run_id": run_id,
        "message": message,
    }


def _counts(found: search.Tally, params: FindParams) -> str:
    """Returns how many labels are duplicates, and at which overlap."""
    n = len(found.label_ids)
    measure = measure_of((found.config or {}).get("kind", ""), params.metric)
    return (
        f"{n:,} of {counted(found.n_labels.total(), 'label')}, in "
        f"{counted(found.images, unit(params.label_field))}, "
        f"{'is a duplicate' if n == 1 else 'are duplicates'} "
        f"({measure} > {params.iou_thresh!r}, {params.method})"
    )
