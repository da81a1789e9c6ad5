"""The operators that list and end round trips to CVAT."""

from __future__ import annotations

from typing import Any

from fiftyone.operators import types

from ..labels.cvat.server import settings
from ..labels.cvat.trips import move, removal, store, trips
from ..labels.plurals import counted
from . import forms
from .base import DuplicatesOperator


def server_of(ctx: Any, url: str | None = None) -> settings.Server:
    """Returns the server at a URL, by default the configured one."""
    return settings.resolve(ctx.secret, url or None)


class ListCvat(DuplicatesOperator):
    name_ = "list_cvat"
    label = "List CVAT round trips"
    description = "List the round trips to CVAT and their completed jobs"
    icon = "cloud_queue"
    returns = ("count", "trips")
    unlisted = True

    def execute(self, ctx: Any) -> dict[str, Any]:
        found = trips.list_trips(ctx.dataset, lambda url: server_of(ctx, url))
        return {
            "count": len(found),
            "trips": found,
            "message": counted(len(found), "round trip"),
        }


class DiscardCvat(DuplicatesOperator):
    name_ = "discard_cvat"
    label = "Discard a CVAT round trip"
    description = "Delete the tasks of a round trip in CVAT; no label is changed"
    icon = "cloud_off"
    writes = "the tasks in CVAT, which are deleted"
    returns = ("count",)
    risk = "high"
    unlisted = True
    parameters = ("anno_key", "forget")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        trip(ctx, inputs, trips.STATES)
        inputs.bool(
            "forget",
            default=False,
            label="Only remove it from the list",
            description="For a server that no longer exists: no task is deleted",
        )
        forms.warning(inputs, "Edits in CVAT that were not loaded will be lost")

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("anno_key"))

    def check(self, ctx: Any) -> None:
        store.require(ctx.dataset, ctx.params.get("anno_key"))

    def execute(self, ctx: Any) -> dict[str, Any]:
        self.check(ctx)
        key = ctx.params["anno_key"]
        if ctx.params.get("forget"):
            removal.delete_record(ctx.dataset, key)
            text = "Removed the round trip from the list; no task was deleted"
            return {"count": 0, "message": text}
        known = len(store.require(ctx.dataset, key)["task_ids"])
        n = removal.discard(ctx.dataset, *trip_of(ctx))
        text = f"Deleted {counted(n, 'task')} in CVAT"
        if n < known:
            text += f"; {counted(known - n, 'task')} had been deleted there before"
        return {"count": n, "message": text}


class MoveCvat(DuplicatesOperator):
    name_ = "move_cvat"
    label = "Move a CVAT round trip to a new address"
    description = "Use another address of the CVAT server that has the tasks of a trip"
    icon = "cloud_sync"
    writes = "the address of the round trip"
    returns = ("count",)
    risk = "medium"
    unlisted = True
    parameters = ("anno_key", "url")

    def form(self, ctx: Any, inputs: types.Object) -> None:
        trip(ctx, inputs, (trips.OPEN, trips.LOADED, trips.FAILED))
        inputs.str(
            "url",
            required=False,
            label="New address",
            description="By default the configured server. Its tasks are compared "
            "with those that were sent",
        )

    def is_filled_in(self, ctx: Any) -> bool:
        return bool(ctx.params.get("anno_key"))

    def check(self, ctx: Any) -> None:
        store.require(ctx.dataset, ctx.params.get("anno_key"))
        server_of(ctx, ctx.params.get("url"))

    def execute(self, ctx: Any) -> dict[str, Any]:
        server = server_of(ctx, ctx.params.get("url"))
        one = store.require(ctx.dataset, ctx.params.get("anno_key"))
        n = move.move(ctx.dataset, server, str(one.id))
        message = f"{one.anno_key} is now at {server.host}, with {counted(n, 'task')}"
        return {"count": n, "message": message}


def trip(
    ctx: Any, inputs: types.Object, states: tuple[str, ...], newest: bool = False
) -> None:
    """Adds a choice of round trips.

    Args:
        ctx: the execution context
        inputs: the form
        states: the states of the trips to offer
        newest (False): whether the newest trip is selected by default
    """
    found = [t for t in store.all_trips(ctx.dataset) if trips.state(t) in states]
    choices = types.Dropdown()
    for one in found:
        host = one["url"].partition("//")[2]
        label = f"{one.anno_key}: {counted(one['labels'], 'label')} at {host}"
        choices.add_choice(one.anno_key, label=label)
    inputs.enum(
        "anno_key",
        [one.anno_key for one in found],
        required=True,
        default=found[0].anno_key if newest and found else None,
        label="Round trip",
        description=None if found else "No labels are in CVAT",
        view=choices,
    )


def trip_of(ctx: Any) -> tuple[settings.Server, str]:
    """Returns the server and the id of the trip that the parameters name."""
    one = store.require(ctx.dataset, ctx.params.get("anno_key"))
    return server_of(ctx, one["url"]), str(one.id)
