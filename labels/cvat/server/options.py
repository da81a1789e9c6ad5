"""How tasks are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....iou_core.errors import ParamsError

TASK_IMAGES = 500
"""How many images a task has by default: FiftyOne holds a task's in memory."""


@dataclass(frozen=True)
class Options:
    """How a task is made.

    Attributes:
        task_size: how many images a task has
        segment_size: how many images a job has; None for all of its task
        image_quality: in percent, of what annotators see
        project_name: a project to put the tasks into, made if there is none
        task_assignee: who gets the tasks
        job_assignees: who get the jobs, in turn
        attributes: the attributes that go along: names, True for all that can, or
            False for none
    """

    task_size: int = TASK_IMAGES
    segment_size: int | None = None
    image_quality: int = 75
    project_name: str | None = None
    task_assignee: str | None = None
    job_assignees: tuple[str, ...] = ()
    attributes: tuple[str, ...] | bool = False

    @classmethod
    def parse(cls, given: dict[str, Any]) -> Options:
        """Returns options, checked.

        Args:
            given: options by name; None and "" stand for the default

        Raises:
            ParamsError: if one is out of its range
        """
        names = cls.__dataclass_fields__
        found = {k: v for k, v in given.items() if k in names and v not in (None, "")}
        for name, least, most in (
            ("task_size", 1, 100_000),
            ("segment_size", 1, 100_000),
            ("image_quality", 1, 100),
        ):
            value = found.get(name, least)
            if isinstance(value, float) and value.is_integer():
                found[name] = value = int(value)
            if isinstance(value, bool) or not isinstance(value, int):
                value = least - 1
            if not least <= value <= most:
                raise ParamsError(
                    f"a whole number from {least} to {most}", repr(found[name]), name
                )
        for name in ("project_name", "task_assignee"):
            if not isinstance(found.get(name, ""), str):
                raise ParamsError("a name", repr(found[name]), name)
        people = found.get("job_assignees", ())
        if isinstance(people, str):
            people = [name.strip() for name in people.split(",")]
        if not isinstance(people, (list, tuple)) or not all(
            isinstance(name, str) for name in people
        ):
            raise ParamsError("names, divided by commas", repr(people), "job_assignees")
        found["job_assignees"] = tuple(filter(None, people))
        found["attributes"] = _attributes(found.get("attributes"))
        return cls(**found)


def _attributes(given: Any) -> tuple[str, ...] | bool:
    if given is None or isinstance(given, bool):
        return bool(given)
    if not isinstance(given, (list, tuple)) or not all(
        isinstance(name, str) for name in given
    ):
        raise ParamsError(
            "names of attributes, true or false", repr(given), "attributes"
        )
    return tuple(given)
