"""The texts of a load: its preview as a form shows it, and its result."""

from __future__ import annotations

import re
from typing import Any

from ...plurals import counted, predicate
from .load import LoadResult
from .preview import Preview

LISTED_CHANGES = 1000
"""The largest number of changes that a preview lists."""

LISTED_EDITS = 20
"""The largest number of attribute edits that a form shows."""

SHOWN = ("anno_key", "digest", "table", "edits", "title", "words", "emptied", "mass")
"""The parts of a preview that a form stores, so that it applies what it shows."""

_COUNTS = {
    "attributes": "attributes edited",
    "gone_here": "deleted in FiftyOne",
    "conflicts": "edited on both sides",
    "refused": "with values that cannot be read",
    "still_duplicate": "still duplicate",
}


def form_texts(preview: Preview) -> dict[str, str]:
    """Returns what a form shows of a preview, by the names of :data:`SHOWN`."""
    found = preview.to_dict(LISTED_CHANGES)
    rows = "".join(f"| {k} | {v:,} |\n" for k, v in _counts(found).items())
    texts = _edits(found)
    rest = len(texts) - LISTED_EDITS
    more = [f"and {rest:,} more"] if rest > 0 else []
    jobs, n = found["jobs"], found["to_apply"]
    done = 1 if jobs["total"] == 1 else jobs["done"]  # "0 of 1 job is completed"
    return {
        "anno_key": found["anno_key"],
        "digest": found["digest"],
        "table": f"| labels | |\n|---|---|\n{rows}",
        "edits": "\n".join(f"- {_plain(t)}" for t in (*texts[:LISTED_EDITS], *more)),
        "emptied": preview.emptied_words if preview.emptied else "",
        "mass": preview.mass_words or "",
        "title": f"{counted(n, 'label')} would change",
        "words": f"{jobs['done']:,} of {counted(jobs['total'], 'job')} "
        f"{predicate(done, 'is completed')}. The load can be undone.{_skipped(found)}",
    }


def _plain(text: str) -> str:
    """Returns a text for Markdown, in which an annotator's text is no link or image."""
    return re.sub(r"[\\`*_{}\[\]()<>#!|]", r"\\\g<0>", text)


def previewed(preview: Preview) -> dict[str, Any]:
    """Returns the result of a load that is only previewed, ready for JSON."""
    found = preview.to_dict(LISTED_CHANGES)
    text = ", ".join(f"{n:,} {name}" for name, n in _counts(found).items())
    text += f"; {preview.emptied_words}" if preview.emptied else ""
    text += f"; {preview.mass_words}" if preview.mass_words else ""
    confirm = "No label was changed; confirm=True applies the edits"
    return {
        "count": 0,
        "samples": 0,
        "applied": False,
        "preview": found,
        "skipped": found["skipped"],
        "restore_key": None,
        "message": f"{text}.{_skipped(found)} {confirm}",
    }


def _skipped(preview: dict[str, Any]) -> str:
    """Returns a sentence about what is skipped, and why; empty for nothing."""
    n, reasons = preview["skipped"]["count"], preview["skipped"]["reasons"]
    parts = [f"{k:,} that {predicate(k, reason)}" for reason, k in reasons.items()]
    what = f"{counted(n, 'label')} {predicate(n, 'is')}"
    return f" {what} skipped: {', '.join(parts)}." if n else ""


def applied(done: LoadResult, written: str) -> dict[str, Any]:
    """Returns the result of a load, ready for JSON.

    Args:
        done: the load
        written: a sentence about the labels that were written
    """
    n = done.remaining
    text = f"{written}; {counted(n, 'duplicate')} {predicate(n, 'remains')}"
    return {
        "applied": True,
        "preview": done.preview.to_dict(LISTED_CHANGES),
        "remaining": done.remaining,
        "is_removed": done.is_removed,
        "problem": done.problem,
        "restore_key": done.written.restore_key,
        "message": text if done.problem is None else f"{text}. {done.problem}",
    }


def _counts(preview: dict[str, Any]) -> dict[str, int]:
    """Returns the counts of a preview, by their descriptions."""
    return {_COUNTS.get(name, name): n for name, n in preview["counts"].items()}


def _edits(preview: dict[str, Any]) -> list[str]:
    """Returns the text of each attribute edit that a preview lists."""
    return [
        _edit(edit, change["kind"])
        for change in preview["changes"]
        if change["kind"] != "added"
        for edit in change["edits"]
    ]


def _edit(edit: dict[str, Any], kind: str) -> str:
    """Returns the text of one attribute edit: ``color: red → blue``."""
    was, now = (edit[key] or "(empty)" for key in ("was", "now"))
    text = f"{edit['name']}: {was} → {now}"
    if kind == "conflict" and edit["here"] is not None:
        text += f" in CVAT, {edit['here'] or '(empty)'} in FiftyOne"
    return f"{text}, which cannot be read" if kind == "refused" else text
