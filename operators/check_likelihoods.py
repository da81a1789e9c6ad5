"""The operator that lists how often the likelihoods of random pairs are true."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.decisions.likelihood import from_verdicts
from ..labels.plurals import counted
from ..labels.review.judging import reliability
from ..labels.scans import stored
from . import forms
from .base import DuplicatesOperator


class CheckLikelihoods(DuplicatesOperator):
    name_ = "check_likelihoods"
    label = "Check likelihoods"
    description = "Compare the likelihoods of random pairs with the verdicts on them"
    icon = "rule"
    returns = ("count", "judged", "bands", "pairs", "calibrated")
    risk = "low"
    unlisted = True
    parameters = ("scan_key",)

    def form(self, ctx: Any, inputs: types.Object) -> None:
        forms.scan(ctx, inputs)
        forms.notice(
            inputs,
            "Judge the pairs that this draws",
            "In the panel: Review, in the order “Random sample”.",
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("scan_key"))

    def check(self, ctx: Any) -> None:
        stored.open_scan(ctx.dataset, ctx.params.get("scan_key"))

    def execute(self, ctx: Any) -> dict[str, Any]:
        session = reliability.sample_session(ctx.dataset, ctx.params.get("scan_key"))
        sample = reliability.sample_of(session)
        found = reliability.reliability(session, sample)
        n, calibrated = found["pairs"], found["calibrated"]
        drawn = counted(n, "random pair")
        message = f"{found['judged']:,} of {drawn} above {reliability.ABOVE} judged"
        if calibrated:
            message += f"; likelihoods from {from_verdicts(calibrated)}"
        return {
            "count": n,
            "judged": found["judged"],
            "bands": found["bands"],
            "pairs": sample.label_ids,
            "calibrated": calibrated,
            "message": message,
        }
