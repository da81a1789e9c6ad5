"""Parameters and results of the operators that act on a stored scan's plan."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from fiftyone.operators import types

from ..iou_core.errors import ParamsError
from ..labels.edits.change import Written
from ..labels.edits.confirm import Check, remainder
from ..labels.plurals import counted, predicate
from ..labels.review import emptied
from ..labels.review.class_text import class_of_text, class_text
from ..labels.review.emptied import Emptied
from ..labels.review.expected import costs
from ..labels.review.expected.plan_details import plan_details
from ..labels.scans import plans, stored
from ..labels.scans.blocks.compare import Skipped
from ..labels.scans.decisions.class_pair_rules import load_class_pairs
from ..labels.scans.decisions.decider import DECIDES, with_params
from ..labels.scans.decisions.presence import require_present
from ..labels.scans.decisions.verdicts import digest_of_verdicts
from . import forms
from .base import listed
from .parameters import SCAN_PARAMS

PLAN_PARAMS = ("scan_key", "iou_thresh", "method", "classes", "keep", "metric")
PARAMS = (*PLAN_PARAMS, *SCAN_PARAMS)
"""The parameters of operators that act on the plan of a stored scan."""

KEPT_FOR = 30.0
"""The number of seconds that the counts shown by a form are kept."""

_opened: WeakKeyDictionary[Any, tuple[str, stored.Scan]] = WeakKeyDictionary()
_made: WeakKeyDictionary[Any, tuple[dict[str, Any], plans.Plan]] = WeakKeyDictionary()
_left: WeakKeyDictionary[Any, tuple[plans.Plan, plans.Plan, Counter[str], Emptied]] = (
    WeakKeyDictionary()
)
_counted: dict[str, tuple[float, Remaining]] = {}  # with the time that they end


class Remaining(NamedTuple):
    """The labels that a plan removes, without those that changed since.

    Attributes:
        by_class: the number of labels by class, as text
        emptied: the objects that would lose every label
    """

    by_class: dict[str, int]
    emptied: Emptied


def parse(ctx: Any) -> dict[str, Any]:
    """Returns the parameters of a plan, checked.

    Raises:
        DuplicatesError: if one is out of range, or differs from the scan's
    """
    given = {name: ctx.params.get(name) for name in PLAN_PARAMS}
    scan = _scan(ctx)
    for name in SCAN_PARAMS:
        value, scanned = ctx.params.get(name), scan.config["params"].get(name)
        if value not in (None, scanned):
            raise ParamsError(f"{scanned!r}, as in the scan", repr(value), name)
    given["keep"] = given["keep"] or None
    if given["classes"] is not None:
        given["classes"] = list(map(class_of_text, given["classes"]))
    params = with_params(scan.params, **{name: given[name] for name in DECIDES})
    if params.keep:
        require_present(ctx.dataset, params, scan.class_names)
    return given


def _scan(ctx: Any) -> stored.Scan:
    """Returns the scan of a request, which is opened once."""
    wanted, opened = ctx.params.get("scan_key"), _opened.get(ctx)
    if opened is None or opened[0] != wanted:
        opened = _opened[ctx] = wanted, stored.open_scan(ctx.dataset, wanted)
    return opened[1]


def make(ctx: Any) -> plans.Plan:
    """Returns the plan that the parameters ask for.

    The host checks the form of a request before it executes it: the plan of the
    warning in that form is the one that is carried out.
    """
    wanted = parse(ctx)
    made = _made.get(ctx)
    if made is None or made[0] != wanted:
        plan = plans.plan(ctx.dataset, **wanted, scan=_scan(ctx))
        made = _made[ctx] = wanted, plan
    return made[1]


def counts(
    ctx: Any, confirmed_by: Callable[[plans.Plan], Check] | None = None
) -> Remaining:
    """Returns what the plan of a form removes now.

    A form is drawn again at each change: the counts of the same plan are kept for
    :data:`KEPT_FOR` seconds, as long as no sample is edited.

    Args:
        ctx: the execution context
        confirmed_by (None): returns what confirms the labels of a plan, if not all
            that still hold are taken
    """
    dataset, wanted = ctx.dataset, parse(ctx)
    judged = digest_of_verdicts(dataset), load_class_pairs(dataset)
    stamp = "last_modified_at"
    edited = dataset._sample_collection.find_one({}, {stamp: True}, sort=[(stamp, -1)])
    key = repr((ctx.operator_uri, dataset._doc.id, wanted, judged, edited))
    now = time.monotonic()
    for old in [k for k, (ends, _) in _counted.items() if ends < now]:
        _counted.pop(old, None)
    if key not in _counted:
        plan = make(ctx)
        left, _, judged = _remaining(ctx, plan, confirmed_by and confirmed_by(plan))
        found = Remaining(named(left.by_class), judged)
        _counted[key] = now + KEPT_FOR, found
    return _counted[key][1]


def _remaining(
    ctx: Any, plan: plans.Plan, check: Check | None
) -> tuple[plans.Plan, Counter[str], Emptied]:
    """Returns what :func:`remainder` does, and the objects that this would empty.

    The form of a dry run has found them already.
    """
    known = _left.get(ctx)
    if known is None or known[0] is not plan:
        left, dropped, edited = remainder(ctx.dataset, plan, check)
        found = emptied.by_plan(ctx.dataset, left, edited)
        known = _left[ctx] = plan, left, dropped, found
    return known[1:]


def allow_emptied(ctx: Any, inputs: types.Object, found: Emptied) -> None:
    """Adds the confirmation that objects may lose every label, if any would."""
    if found.count or ctx.params.get("allow_emptied") is not None:
        inputs.bool(
            "allow_emptied",
            default=False,
            label="Remove them anyway",
            description=str(found),
        )


def require_none_emptied(ctx: Any, found: Emptied) -> None:
    """Raises an error if objects would lose every label, unless the caller allows it.

    Raises:
        ParamsError: with the number of objects, and what they were judged by
    """
    if found.count and not is_dry(ctx) and not ctx.params.get("allow_emptied"):
        raise ParamsError(f"True, as {found}", "False", "allow_emptied")


def named(by_class: dict[str | None, int]) -> dict[str, int]:
    """Returns counts per class with the classes as text, as keys of JSON are."""
    return {class_text(name): n for name, n in by_class.items()}


def threshold_of(ctx: Any) -> float:
    """Returns the threshold of the chosen scan, or the default."""
    return float(_scan_params(ctx).get("iou_thresh", forms.RECIPE_THRESH))


def method_of(ctx: Any) -> str:
    """Returns the method of the chosen scan, or FiftyOne's default."""
    return str(_scan_params(ctx).get("method", "simple"))


def _scan_params(ctx: Any) -> dict[str, Any]:
    scan_key = ctx.params.get("scan_key")
    known = {scan["scan_key"]: scan for scan in stored.list_scans(ctx.dataset)}
    return dict(known[scan_key]["params"]) if scan_key in known else {}


def dry_run(
    ctx: Any, plan: plans.Plan, what: str, check: Check | None = None
) -> dict[str, Any]:
    """Returns the result of a dry run, ready for JSON; nothing is written.

    Args:
        ctx: the execution context
        plan: its plan
        what: what would happen to the labels, in words
        check (None): confirms the labels; by default, those that are unchanged
    """
    dataset = ctx.dataset
    left, dropped, found = _remaining(ctx, plan, check)
    skipped = Skipped(dropped)
    details = plan_details(dataset, left)
    cost = costs.of_plan(dataset, left, parse(ctx)["classes"])
    reasons = [{**r, "example": r["example"].to_dict()} for r in details["reasons"]]
    return {
        **details,
        "by_class": named(left.by_class),
        "by_verdicts": left.by_verdicts,
        "emptied": found.to_dict(),
        "reasons": reasons,
        "cost": cost,
        "skipped": skipped.to_dict(),
        **listed([removal.label_id for removal in left.removals]),
        "params": plan.params.to_dict(),
        "scan_key": plan.scan_key,
        "dry_run": True,
        "message": f"{counted(len(left), 'label')} would be {what}; nothing was written"
        + by_verdicts_words(left.by_verdicts)
        + costs.in_words(cost)
        + _skipped_words(skipped)
        + of_changed_view(plan)
        + emptied_words(found),
    }


def by_verdicts_words(n: int) -> str:
    """Returns the end of a message about labels that verdicts remove."""
    return f", {n:,} of them by verdicts" if n else ""


def is_dry(ctx: Any) -> bool:
    """Returns whether the caller requests a dry run."""
    return bool(ctx.params.get("dry_run"))


def of_changed_view(plan: plans.Plan) -> str:
    """Returns the end of a message about a scan of a view that changes labels."""
    if not plan.label_changes:
        return ""
    return f"; found in a view that changes labels: {', '.join(plan.label_changes)}"


def emptied_words(found: Emptied) -> str:
    """Returns the end of a message about objects that would lose every label."""
    return f"; {found}" if found.count else ""


def written(
    done: Written,
    what: str,
    run_id: str,
    by_class: dict[str | None, int] | None = None,
    plan: plans.Plan | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Returns the result of an operator that wrote to labels, ready for JSON.

    Args:
        done: what was written
        what: what is now true of the labels, in the singular, as "is deleted"
        run_id: the run of the operator
        by_class (None): how many labels of each class were planned
        plan (None): the plan, whose verdicts the message counts
        **more: further values, in front of the message
    """
    samples = counted(done.samples, "frame" if done.on_frames else "sample")
    text = f"{counted(done.count, 'label')} in {samples} {predicate(done.count, what)}"
    written_to, removals = {*done.label_ids}, () if plan is None else plan.removals
    judged = sum(r.by_verdict and r.label_id in written_to for r in removals)
    return {
        "count": done.count,
        "samples": done.samples,
        "by_class": named(by_class or {}),
        "by_verdicts": judged,
        "skipped": done.skipped.to_dict(),
        **listed(done.label_ids),
        "restore_key": done.restore_key,
        "run_id": run_id,
        **more,
        "message": text + by_verdicts_words(judged) + _skipped_words(done.skipped),
    }


def _skipped_words(skipped: Skipped) -> str:
    """Returns how many labels were skipped, and why, to end a sentence with."""
    count = skipped.reasons.total()
    if not count:
        return ""
    each = skipped.reasons.items()
    reasons = ", ".join(f"{n:,} {predicate(n, why)}" for why, n in each)
    return f"; {count:,} {predicate(count, 'was skipped')} ({reasons})"
