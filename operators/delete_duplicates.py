"""The operator that deletes tagged labels, or the duplicates of a scan."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from fiftyone.operators import types

from ..iou_core.errors import DuplicatesError
from ..labels import fields
from ..labels.edits import delete, tag, tagged
from ..labels.plurals import counted, first_of
from ..labels.review import emptied, grid
from . import choices, forms, planned, returned
from .base import DuplicatesOperator, listed, running, target

_CLASSES = 5  # that the form names

_Found = tuple[tuple[str, str, str], Any, tagged.Tagged, emptied.Emptied]

_found: WeakKeyDictionary[Any, _Found] = WeakKeyDictionary()


class DeleteDuplicates(DuplicatesOperator):
    name_ = "delete_duplicates"
    label = "Delete duplicate labels"
    description = "Remove the labels that carry a tag, or the duplicates of a scan"
    icon = "delete"
    writes = "the field; undone by `restore_deleted`"
    returns = (*returned.WRITTEN, *returned.DRY)
    risk = "high"
    delegable = True
    parameters = ("dry_run", "allow_emptied")
    choices = MappingProxyType({"tag": ("tag", "label_field"), "scan": planned.PARAMS})

    def form(self, ctx: Any, inputs: types.Object) -> None:
        labels = {"tag": "Labels with a tag", "scan": "The duplicates of a scan"}
        if choices.field(ctx, inputs, "Delete", labels) == "scan":
            forms.scan(ctx, inputs, choices.WHAT in ctx.params)
            forms.threshold(ctx, inputs, planned.threshold_of(ctx))
            forms.method(ctx, inputs, planned.method_of(ctx))
        else:
            target(ctx)
            forms.label_field(ctx, inputs)
            forms.tag(ctx, inputs)
        self._warn(ctx, inputs)

    def _warn(self, ctx: Any, inputs: types.Object) -> None:
        """Adds a warning of how many labels would be removed."""
        try:
            found = _counts(ctx) if self.is_filled_in(ctx) else None
        except DuplicatesError:
            found = None  # check reports the error
        if found is None:
            return
        counts = found.by_class
        n = sum(counts.values())
        words = first_of([f"{k} {v:,}" for k, v in counts.items()], _CLASSES)
        planned.allow_emptied(ctx, inputs, found.emptied)
        if n:
            forms.warning(
                inputs,
                f"{counted(n, 'label')} will be deleted: {words}",
                "The plugin's journal keeps them, so that this can be undone.",
            )
        else:
            forms.notice(inputs, "Nothing to delete")

    def is_filled_in(self, ctx: Any) -> bool:
        if _is_plan(ctx):
            return bool(ctx.params.get("scan_key"))
        return bool(forms.only_field(ctx) and ctx.params.get("tag", "duplicate"))

    def check(self, ctx: Any) -> None:
        if not _is_plan(ctx):
            tag.require_tag(ctx.params.get("tag", "duplicate"))
            fields.require_fields(target(ctx), (forms.only_field(ctx),))
            fields.require_writable(ctx.dataset, str(forms.only_field(ctx)))
        planned.require_none_emptied(ctx, _counts(ctx).emptied)

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        if not _is_plan(ctx):
            return self._delete_tagged(ctx)
        plan = planned.make(ctx)
        if planned.is_dry(ctx):
            return planned.dry_run(ctx, plan, "deleted")
        with running(ctx, self.name_, plan.params.label_field, ctx.dataset) as run:
            done = delete.delete_plan(ctx.dataset, plan, run)
        grid.reload(ctx)
        return planned.written(done, "is deleted", run.id, plan.by_class, plan)

    def _delete_tagged(self, ctx: Any) -> dict[str, Any]:
        field = str(forms.only_field(ctx))
        samples, found, judged = _find_tagged(ctx)
        if planned.is_dry(ctx):
            return _would_delete(found, judged)
        with running(ctx, self.name_, field, samples) as run:
            done = delete.delete_tagged(samples, field, _tag(ctx), run, found)
        grid.reload(ctx)
        return planned.written(done, "is deleted", run.id, found.by_class)


def _would_delete(found: tagged.Tagged, judged: emptied.Emptied) -> dict[str, Any]:
    """Returns the result of a dry run of a deletion by tag."""
    label_ids = [str(label_id) for ids in found.labels.values() for label_id in ids]
    return {
        "count": len(found),
        "samples": len(found.labels),
        "by_class": planned.named(found.by_class),
        "emptied": judged.to_dict(),
        **listed(label_ids),
        "dry_run": True,
        "message": f"{counted(len(found), 'label')} would be deleted"
        + "; nothing was written"
        + planned.emptied_words(judged),
    }


def _is_plan(ctx: Any) -> bool:
    """Returns whether the duplicates of a scan are deleted, not tagged labels."""
    return choices.choice(ctx.params, DeleteDuplicates.choices) == "scan"


def _tag(ctx: Any) -> str:
    return tag.require_tag(ctx.params.get("tag", "duplicate"))


def _counts(ctx: Any) -> planned.Remaining:
    """Returns what would be removed."""
    if _is_plan(ctx):
        return planned.counts(ctx)
    _, found, judged = _find_tagged(ctx)
    return planned.Remaining(planned.named(found.by_class), judged)


def _find_tagged(ctx: Any) -> tuple[Any, tagged.Tagged, emptied.Emptied]:
    """Returns the samples, the labels with the tag, and the objects they would empty.

    The labels that a form warns of are those that are deleted.
    """
    samples, tag_name = target(ctx), _tag(ctx)
    (field,) = fields.require_fields(samples, (forms.only_field(ctx),))
    wanted = field.name, tag_name, repr(ctx.params.get("group_slices"))
    known = _found.get(ctx)
    if known is None or known[0] != wanted:
        found = tagged.find_tagged(samples, field, tag_name)
        judged = emptied.by_newest_scan(ctx.dataset, field.name, found.labels)
        known = _found[ctx] = wanted, samples, found, judged
    return known[1:]
