"""The base class of the operators: calls from Python, forms and errors."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from functools import wraps
from types import MappingProxyType, SimpleNamespace
from typing import Any

import fiftyone as fo
import fiftyone.core.media as fom
import fiftyone.operators as foo
from fiftyone.operators import types
from fiftyone.operators.executor import ExecutionError

from ..iou_core import values
from ..iou_core.errors import DuplicatesError, ParamsError, UnusedError, sentence_in
from ..iou_core.params import ComputeParams, plain
from ..labels import fields, store
from ..labels.jobs import runs
from ..labels.jobs.garbage import rare_searches
from ..labels.plurals import counted, predicate
from ..labels.reading.sources import slice_of, stored_samples
from ..labels.scans.scan_words import unmarked_words
from . import caller, host, parameters
from .result import Result, outside_of_loops

MAX_LABEL_IDS = 100_000
"""The largest number of label ids in a result."""

Execute = Callable[[Any, Any], dict[str, Any]]

ALL_SLICES = "all"
"""Stands for all slices of a grouped dataset."""


class DuplicatesOperator(foo.Operator):
    """An operator that can be called from Python as well.

    Subclasses set the attributes below, and define ``form``, ``check`` and
    ``execute``; these find ``ctx.params`` checked, see :mod:`.parameters`.

    Attributes:
        functions: all operators as Python functions, see :mod:`.functions`
        description: in the imperative. The App's operator browser sorts by its first
            letter, and then as :data:`.OPERATORS` does
        parameters: the names of the parameters
        choices: what the operator can act on, if there is more than one way to name it
        writes: what is changed
        returns: the values of its result, besides ``message``, see :mod:`.returned`;
            which of them depends on the parameters
        risk: how much an agent should ask before it runs this: low, medium or high
        unlisted: whether the operator browser leaves it out. It still runs by name
    """

    functions: SimpleNamespace
    name_: str
    label: str
    description: str
    parameters: Sequence[str] = ()
    choices: parameters.Choices = MappingProxyType({})
    icon = "filter_none"
    writes = "nothing"
    returns: Sequence[str] = ()
    risk = "low"
    delegable = False
    unlisted = False

    def __init_subclass__(cls) -> None:
        if "execute" in vars(cls):
            cls.execute = _in_one_sentence(cls.execute)

    @property
    def config(self) -> foo.OperatorConfig:
        return foo.OperatorConfig(
            name=self.name_,
            label=self.label,
            description=self.description,
            icon=self.icon,
            dynamic=True,
            unlisted=self.unlisted,
            allow_delegated_execution=self.delegable,
            risk_level=self.risk,
        )

    def __call__(
        self, sample_collection: Any, delegate: bool = False, **params: Any
    ) -> Any:
        """Executes the operator.

        Args:
            sample_collection: a dataset or a view
            delegate (False): whether to queue it for a background worker
            **params: the operator's parameters; a path may be a ``pathlib.Path``

        Returns:
            a :class:`.result.Result`, in a notebook as well

        Raises:
            ExecutionError: if the operator fails; for an expected problem the
                message is one sentence
        """
        is_dataset = isinstance(sample_collection, fo.Dataset)
        ctx = {"dataset" if is_dataset else "view": sample_collection}
        if not (delegate and self.delegable):
            ctx = caller.mark(ctx)
        params = {
            name: os.fspath(value) if isinstance(value, os.PathLike) else value
            for name, value in params.items()
        }
        try:
            found = outside_of_loops(
                lambda: foo.execute_operator(
                    self.uri, ctx, params=params, request_delegation=delegate
                )
            )
            return Result.of(found)
        except ExecutionError as error:
            raise ExecutionError(_sentence(str(error), params)) from None

    def resolve_input(self, ctx: Any) -> types.Property:
        inputs = types.Object()
        host.set_target_aside(ctx)
        given = plain(ctx.params)
        found, faults = parameters.read(given, self.parameters, self.choices)
        # the host passes this context to its own checks and to execute
        ctx.params = ctx.request_params["params"] = found
        errors: list[DuplicatesError] = [*faults]
        try:
            with store.answering(self.name_, store.AGAIN), rare_searches:
                self.form(ctx, inputs)
                if ctx.dataset is not None and not errors and self.is_filled_in(ctx):
                    self.check(ctx)
        except DuplicatesError as error:
            errors.append(error)
        for error in errors:
            show_error(inputs, error)
        return types.Property(inputs, view=types.View(label=self.label))

    def resolve_output(self, ctx: Any) -> types.Property:
        outputs = types.Object()
        # no Markdown: a class in it may be named like an image, which would be fetched
        outputs.str("message", view=types.LabelValueView(label="Result"))
        # the label of the whole result is its title
        return types.Property(outputs, view=types.View(label=self.label))

    def is_filled_in(self, ctx: Any) -> bool:
        """Returns whether the form has enough input to be checked."""
        return True

    def form(self, ctx: Any, inputs: types.Object) -> None:
        """Adds the operator's fields to its form."""

    def check(self, ctx: Any) -> None:
        """Raises the errors that ``execute`` would raise for the parameters."""


def _in_one_sentence(execute: Execute) -> Execute:
    """Returns ``execute`` of an operator, for which a lost connection is one sentence.

    Part of the work is done outside of a run, as the plan is made.
    """

    @wraps(execute)
    def answer(operator: DuplicatesOperator, ctx: Any) -> dict[str, Any]:
        with store.answering(operator.name_, store.AGAIN), rare_searches:
            return execute(operator, ctx)

    return answer


def target(ctx: Any) -> Any:
    """Returns the collection that the form or the caller chose.

    For grouped datasets, this is the active slice unless ``group_slices`` names
    others; for patches, the samples of their labels; for dynamic groups, all their
    samples.

    Raises:
        DuplicatesError: if there is no such slice, or nothing that can be compared
    """
    slices = ctx.params.get("group_slices")
    samples = host.target(ctx)
    is_group = samples.media_type == fom.GROUP and not samples._is_dynamic_groups
    # names the slice in the form; FiftyOne fails on slices without samples
    if is_group and not slices and samples.group_slice in samples.group_media_types:
        samples = host.flat_target(ctx)
    samples = stored_samples(samples)
    if not slices:
        return slice_of(samples)
    known = list(ctx.dataset.group_slices or ())
    names = [slices] if isinstance(slices, str) else slices
    names = known if names == [ALL_SLICES] else names
    if not isinstance(names, (list, tuple)) or not set(names) <= set(known):
        if not known:
            reason = "on a dataset without group slices"
            raise UnusedError(reason, repr(slices), "group_slices")
        expected = f"{ALL_SLICES}, or some of " + ", ".join(known)
        raise ParamsError(expected, repr(slices), "group_slices")
    if samples.media_type != fom.GROUP:
        return samples
    return samples.select_group_slices(list(names), _allow_mixed=True)


def show_error(inputs: types.Object, error: DuplicatesError) -> None:
    """Adds an error to the field that it is about, or to the form."""
    name = error.where.partition(" ")[0]
    prop = inputs.properties.get(name)
    if prop is None:
        prop = inputs.str("error", view=types.Error(label=str(error)))
        # on top: a form can be longer than its window, and the host shows the first
        others = {name: inputs.properties.pop(name) for name in [*inputs.properties]}
        inputs.properties.update(error=prop)
        inputs.properties.update(others)
    prop.invalid = True
    prop.error_message = str(error)


@contextmanager
def running(
    ctx: Any,
    operator: str,
    field: str,
    samples: Any,
    writes: bool = True,
    other_field: str | None = None,
):
    """Records a run of an operator, and reports its progress to the host."""

    def report(done: int, total: int) -> None:
        label = f"{done:,} of {counted(total, unit(field))}"
        ctx.set_progress(progress=min(done / max(total, 1), 1), label=label)

    run_id = ctx.params.get("run_id")
    with runs.start(
        samples, operator, field, writes, report, run_id, other_field
    ) as run:
        yield run


def unit(label_field: str) -> str:
    """Returns ``"frame"`` or ``"sample"``, whichever holds the labels of a field."""
    return "frame" if label_field.startswith(fields.FRAMES) else "sample"


def skipped_words(skipped: dict[str, Any]) -> str:
    """Returns how many labels were skipped, for the end of a message."""
    n = skipped["count"]
    return f"; {counted(n, 'label')} {predicate(n, 'was skipped')}" if n else ""


def rotations(units: dict[str, str]) -> str:
    """Returns the end of a message that names the unit of rotations."""
    if len(set(units.values())) <= 1:
        return "".join(f"; rotations in {unit}" for unit in set(units.values()))
    return "; rotations in " + " and ".join(
        f"{unit} ({name})" for name, unit in units.items()
    )


def unmarked_points(rows: list[dict[str, int]], params: ComputeParams) -> str:
    """Returns how many points are probably not marked, for the end of a message."""
    words = unmarked_words(rows, params.unmarked_as_missing)
    return f"; {words}" if words else ""


def listed(label_ids: list[str]) -> dict[str, Any]:
    """Returns label ids as results list them, and whether the list was cut."""
    return {
        "label_ids": label_ids[:MAX_LABEL_IDS],
        "label_ids_cut": len(label_ids) > MAX_LABEL_IDS,
    }


_EXPECTED = {
    "Invalid enum value": "one of the values in its form",
    "Invalid value type": "a value of another type",
    "Invalid list": "a list",
    "Invalid object": "an object",
}
"""The expected values, by the reasons of the host's own checks."""


def _sentence(text: str, params: dict[str, Any]) -> str:
    """Returns the sentence of an expected problem, without the text around it."""
    if text.startswith("Validation error."):
        place, _, reason = text.partition(" Reason: ")
        if ": expected " in reason or " has no effect " in reason:
            return reason
        # the host's own checks do not name the field
        name = place.partition(" Path: ")[2].rstrip(".")
        if reason == "Required property":
            return f"{name}: expected a value, got nothing"
        expected = _EXPECTED.get(reason, reason.replace("Value must be", "a number"))
        return str(values.refused(name, expected, params.get(name)))
    return sentence_in(text) or text
