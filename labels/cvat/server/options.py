"""The options for creating tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....iou_core.errors import ParamsError

TASK_IMAGES = 500
"""The default number of images per task: FiftyOne holds a task's images in memory."""


@dataclass(frozen=True)
class Options:
    """Options for creating tasks.

    Attributes:
        task_size: the number of images of a task
        segment_size: the number of images of a job; None for all images of its task
        image_quality: the quality of the images that annotators see, in percent
        project_name: the project of the tasks, created if it does not exist
        task_assignee: the user that the tasks are assigned to
        job_assignees: the users that the jobs are assigned to, in turn
        attributes: the attributes to send: names, True for all that can be sent, or
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
        """Returns validated options.

        Args:
            given: options by name; None and "" mean the default

        Raises:
            ParamsError: if an option is out of range
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
            raise ParamsError("comma-separated names", repr(people), "job_assignees")
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
