"""Timing of alternatives in interleaved rounds, as medians and ratios."""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import asdict, dataclass, field


@dataclass
class Row:
    """One task, done by several sides.

    Attributes:
        work: the name of the task
        seconds: the median of each side; the first side is this project's
        target: the ratios to reach, ``{side: at least}``; negative: at most
        note: a remark to print
    """

    work: str
    seconds: dict[str, float]
    target: dict[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def ratios(self):
        """The time of each other side, divided by this project's."""
        ours, *others = self.seconds
        return {side: self.seconds[side] / self.seconds[ours] for side in others}


def interleave(sides, rounds=5, once=(), before=None):
    """Runs every side once per round, and returns the median seconds of each.

    Args:
        sides: ``{name: function}``
        rounds (5): the number of rounds
        once (()): the sides that are too slow for more than one round
        before (None): a function to call before each run, outside the timed part
    """
    seconds = {name: [] for name in sides}
    for k in range(rounds):
        for name, run in sides.items():
            if k and name in once:
                continue
            if before is not None:
                before()
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in seconds.items()}


def require(fact, what):
    """Ends the benchmark unless a result is correct."""
    if not fact:
        raise SystemExit(f"wrong result: {what}")


def show(rows):
    """Prints a table of this project's seconds and each other side's ratio."""
    print(f"\n{'work':<46} {'seconds':>9} times as long:")
    for row in rows:
        ours = next(iter(row.seconds))
        parts = []
        for side, ratio in row.ratios.items():
            goal = row.target.get(side)
            wanted = f" (target {goal:g})" if goal is not None else ""
            parts.append(
                f"{side} {ratio:,.2f}x{wanted}"
                if ratio < 10
                else f"{side} {ratio:,.0f}x{wanted}"
            )
        print(
            f"{row.work:<46} {row.seconds[ours]:>9.4f}  {', '.join(parts)}"
            + (f"  [{row.note}]" if row.note else "")
        )


def save(rows, path):
    """Writes rows as JSON."""
    data = [{**asdict(row), "ratios": row.ratios} for row in rows]
    path.write_text(json.dumps(data, indent=1) + "\n")
