"""The result of a call from Python: its values as attributes, and readable as it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import escape
from typing import Any

import fiftyone as fo
from fiftyone.operators.executor import ExecutionResult

_KEYS = ("scan_key", "restore_key", "anno_key")
_MOST_ROWS = 10


class Result(ExecutionResult):
    """A result whose values are attributes: ``found.count``, ``found.label_ids``.

    ``found.result`` is the dict of them. Its ``repr`` is the message and the keys for
    the next call; a notebook shows the counts by class as a table.
    """

    @classmethod
    def of(cls, result: Any) -> Result:
        """Returns a result of FiftyOne as one of these."""
        made = cls.__new__(cls)
        made.__dict__.update(vars(result))
        return made

    @property
    def _values(self) -> dict[str, Any]:
        values = self.__dict__.get("result")
        return values if isinstance(values, dict) else {}

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            known = ", ".join(self._values) or "none"
            raise AttributeError(f"{name!r} is not in this result: {known}") from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._values]

    def as_view(self, dataset: Any) -> fo.DatasetView:
        """Returns the view that ``show_duplicates`` showed.

        Args:
            dataset: the dataset of the call

        Raises:
            AttributeError: if the result is of another operator
        """
        return fo.DatasetView._build(dataset, self.view)

    def __await__(self) -> Iterator[Any]:
        """Returns itself: FiftyOne's own calls are awaited in notebooks."""
        return self
        yield

    def __repr__(self) -> str:
        if self.delegated:
            return "Queued: it runs as soon as `fiftyone delegated launch` does"
        values = self._values
        keys = [f"{k}={values[k]!r}" for k in _KEYS if values.get(k) is not None]
        lines = [str(values.get("message", "")), ", ".join(keys)]
        return "\n".join(line for line in lines if line)

    def _repr_html_(self) -> str:
        words = escape(repr(self)).replace("\n", "<br>")
        by_class = self._values.get("by_class")
        if not isinstance(by_class, dict) or not by_class:
            return words
        counts = {name: _duplicates(found) for name, found in by_class.items()}
        first = sorted(counts.items(), key=lambda item: -item[1])[:_MOST_ROWS]
        rows = "".join(
            f"<tr><td>{escape(str(name))}</td><td>{n:,}</td></tr>" for name, n in first
        )
        left = len(counts) - len(first)
        more = f"<tr><td colspan=2>and {left:,} more</td></tr>" if left else ""
        head = "<tr><th>class</th><th>labels</th></tr>"
        return f"{words}<table>{head}{rows}{more}</table>"


def _duplicates(found: Any) -> int:
    """Returns a count of a class; a scan also counts all its labels."""
    return int(found["duplicates"] if isinstance(found, dict) else found)


def outside_of_loops(call: Callable[[], Any]) -> Any:
    """Returns the result of a call that needs a thread without a running event loop.

    A notebook runs its cells in a loop, in which FiftyOne would return a task that
    reports neither a result nor an error.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return call()
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()
