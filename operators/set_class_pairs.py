"""The operator that sets the rules of class pairs."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..iou_core.errors import ParamsError
from ..labels.plurals import counted, first_of
from ..labels.review.class_text import class_text
from ..labels.scans import stored as scans
from ..labels.scans.blocks import block_store
from ..labels.scans.decisions import class_pair_rules
from . import forms
from .base import DuplicatesOperator

_RULES = {
    "may_overlap": "Their labels are never duplicates of each other",
    "iou_thresh": "They have their own threshold",
    "none": "No rule: they are treated like all others",
}


class SetClassPairs(DuplicatesOperator):
    """Sets the rules of all class pairs from Python, or that of one from a form."""

    name_ = "set_class_pairs"
    label = "Let two classes overlap"
    description = "Set which two classes may overlap, or have their own threshold"
    icon = "grid_on"
    writes = "the rules for class pairs"
    returns = ("count", "class_pairs", "pairs")
    risk = "low"
    parameters = (
        *("class_pairs", "first_class", "second_class", "rule", "iou_thresh"),
        "pairs",
    )

    def form(self, ctx: Any, inputs: types.Object) -> None:
        if _given(ctx) is not None:
            return  # from Python
        names = _class_names(ctx)
        for name, label in (
            ("first_class", "Class"),
            ("second_class", "Other class (or the same)"),
        ):
            drawn = types.AutocompleteView(allow_user_input=True)
            for one in names:
                drawn.add_choice(one, label=one)
            inputs.str(name, required=True, label=label, view=drawn)
        rules = types.RadioGroup(orientation="vertical")
        for rule, words in _RULES.items():
            rules.add_choice(rule, label=words)
        inputs.enum(
            "rule", list(_RULES), default="may_overlap", label="Rule", view=rules
        )
        if ctx.params.get("rule") == "iou_thresh":
            forms.threshold(ctx, inputs)
        forms.notice(
            inputs,
            "Later scans and plans respect the rule. No label is changed.",
            _rules_text(class_pair_rules.load_class_pairs(ctx.dataset)),
        )

    def is_filled_in(self, ctx: Any) -> bool:
        names = ("first_class", "second_class", "class_pairs", "pairs")
        return any(ctx.params.get(name) is not None for name in names)

    def check(self, ctx: Any) -> None:
        given = _given(ctx)
        if given is not None:
            for one in given:
                class_pair_rules.checked(one)
        elif ctx.params.get("rule") not in (None, *_RULES):
            expected = " or ".join(_RULES)
            raise ParamsError(expected, repr(ctx.params["rule"]), "rule")

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        given = _given(ctx)
        if given is not None:
            rules = class_pair_rules.set_class_pairs(ctx.dataset, given)
        else:
            rules = _set_one(ctx)
        return {
            "count": len(rules),
            "class_pairs": rules,
            "pairs": rules,
            "message": f"{_rules_text(rules)}{_older_scans(ctx)}",
        }


def _given(ctx: Any) -> list[dict[str, Any]] | None:
    """Returns the rules given from Python; None if those of one pair are."""
    return ctx.params.get("class_pairs", ctx.params.get("pairs"))


def _set_one(ctx: Any) -> list[dict[str, Any]]:
    classes = [ctx.params.get("first_class"), ctx.params.get("second_class")]
    if not all(classes):
        raise ParamsError("two classes", repr(classes), "first_class")
    rule = ctx.params.get("rule") or "may_overlap"
    own = ctx.params.get("iou_thresh", forms.RECIPE_THRESH)
    return class_pair_rules.set_class_pair(
        ctx.dataset,
        classes,
        rule == "may_overlap",
        own if rule == "iou_thresh" else None,
    )


def _class_names(ctx: Any) -> list[str]:
    """Returns the classes of the newest scan, sorted; empty if there is no scan."""
    stored = scans.list_scans(ctx.dataset)
    if not stored:
        return []
    names = block_store.classes(stored[0]["scan_uuid"])["names"]
    return sorted(name for name in names if name is not None)


def _older_scans(ctx: Any) -> str:
    """Returns how many stored scans do not know the rule, to end a message with."""
    n = len(scans.list_scans(ctx.dataset))
    if not n:
        return ""
    return f" The counts of {counted(n, 'stored scan')} do not include this change."


def _rules_text(rules: list[dict[str, Any]]) -> str:
    """Returns the rules in words."""
    if not rules:
        return "No class pair has its own rule."
    n = len(rules)
    texts = [
        " and ".join(map(class_text, rule["classes"]))
        + (" may overlap" if rule["may_overlap"] else f": above {rule['iou_thresh']:g}")
        for rule in rules
    ]
    have = "has its" if n == 1 else "have their"
    return f"{counted(n, 'class pair')} {have} own rule: {first_of(texts, 20)}."
