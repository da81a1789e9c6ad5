"""The operators that store, list and delete verdicts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fiftyone.operators import types

from ..labels.plurals import counted, predicate
from ..labels.review.judging.judge import unpaired
from ..labels.scans.decisions import verdict_kinds, verdicts
from . import caller, forms
from .base import DuplicatesOperator

_SAID = {
    verdict_kinds.REAL: "has the verdict that both are real",
    verdict_kinds.DUPLICATE: "has the verdict that one duplicates the other",
    verdict_kinds.MERGE: "has the verdict that both are merged",
    verdict_kinds.REMOVE_BOTH: "has the verdict that both are removed",
}
_CHOICES = {
    verdict_kinds.REAL: "Both labels are real",
    verdict_kinds.DUPLICATE: "Duplicates: one label is kept",
    verdict_kinds.MERGE: "Duplicates: merged into the kept label",
    verdict_kinds.REMOVE_BOTH: "Both labels are removed",
}


class SetVerdict(DuplicatesOperator):
    name_ = "set_verdict"
    label = "Judge labels"
    description = "Store the verdict that labels are real, or duplicates of each other"
    icon = "verified"
    writes = "a verdict; no label"
    returns = ("count",)
    risk = "low"
    unlisted = True
    parameters = ("label_ids", "verdict", "kept", "who")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        chosen = [label["label_id"] for label in ctx.selected_labels]
        inputs.list(
            "label_ids",
            types.String(),
            required=True,
            default=chosen or None,
            label="Labels",
            description="The ids of two or more labels; by default the selected labels",
        )
        kinds = types.RadioGroup(orientation="vertical")
        for kind, words in _CHOICES.items():
            kinds.add_choice(kind, label=words)
        inputs.enum(
            "verdict",
            kinds.values(),
            default=verdict_kinds.REAL,
            view=kinds,
            label="Verdict",
        )
        if ctx.params.get("verdict") in verdict_kinds.KEEPING:
            inputs.str("kept", required=True, label="Id of the label that is kept")
        inputs.str("who", required=False, label="Your name")
        forms.notice(
            inputs,
            "All later scans respect the verdict",
            "No label is changed. Clear the verdict to undo this.",
        )

    def is_filled_in(self, ctx: Any) -> bool:
        kept = ctx.params.get("kept")
        needs = ctx.params.get("verdict") in verdict_kinds.KEEPING
        return bool(ctx.params.get("label_ids")) and bool(kept or not needs)

    def execute(self, ctx: Any) -> dict[str, Any]:
        kind = ctx.params.get("verdict") or verdict_kinds.REAL
        given = ctx.params.get("label_ids") or []
        kept, who = ctx.params.get("kept") or None, ctx.params.get("who")
        if kind not in verdict_kinds.KEEPING and not caller.is_python(ctx):
            kept = None  # a form still holds it from the choice before
        n = verdicts.set_verdict(ctx.dataset, given, kind, kept, who)
        missing = unpaired(ctx.dataset, verdict_kinds.of_group(given, kind, kept))
        return {"count": n, "message": _text({kind: n}) + unpaired_words(len(missing))}


class ListVerdicts(DuplicatesOperator):
    name_ = "list_verdicts"
    label = "List verdicts"
    description = "List the pairs of labels that people have judged"
    icon = "fact_check"
    returns = ("count", "by_verdict", "verdicts")
    unlisted = True

    def execute(self, ctx: Any) -> dict[str, Any]:
        found = verdicts.list_verdicts(ctx.dataset)
        by_kind = Counter(verdict["verdict"] for verdict in found)
        return {
            "count": len(found),
            "by_verdict": {kind: by_kind[kind] for kind in verdict_kinds.VERDICTS},
            "verdicts": found,
            "message": _text(by_kind),
        }


class ClearVerdicts(DuplicatesOperator):
    name_ = "clear_verdicts"
    label = "Clear verdicts"
    description = "Delete all verdicts, or those of some labels"
    icon = "clear_all"
    writes = "verdicts, which are deleted"
    returns = ("count",)
    risk = "medium"
    unlisted = True
    parameters = ("label_ids",)

    def form(self, ctx: Any, inputs: types.Object) -> None:
        inputs.list(
            "label_ids",
            types.String(),
            required=False,
            label="Labels",
            description="By default, all verdicts of this dataset are deleted",
        )
        n = verdicts.count_verdicts(ctx.dataset)
        forms.notice(inputs, f"There {predicate(n, 'is')} {counted(n, 'verdict')}")

    def execute(self, ctx: Any) -> dict[str, Any]:
        n = verdicts.clear_verdicts(ctx.dataset, ctx.params.get("label_ids") or None)
        return {"count": n, "message": f"Deleted {counted(n, 'verdict')}"}


def unpaired_words(n: int) -> str:
    """Returns the end of a message about labels that no scan can remove."""
    if not n:
        return ""
    labels, them = counted(n, "label"), "it" if n == 1 else "them"
    return (
        f"; {labels} to remove {predicate(n, 'is')} in no pair of a stored scan, and "
        f"nothing removes {them} until a scan pairs {them}"
    )


def _text(by_kind: dict[str, int]) -> str:
    """Returns how many pairs have which verdict, as a sentence."""
    texts = [
        f"{counted(by_kind[kind], 'pair')} {predicate(by_kind[kind], said)}"
        for kind, said in _SAID.items()
        if by_kind.get(kind)
    ]
    return "; ".join(texts) or "No pair has a verdict"
