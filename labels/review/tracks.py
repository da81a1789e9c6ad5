"""Duplicate tracks: two identities that cover one object over a span of frames."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ...iou_core.errors import FieldError, ParamsError
from ..fields import LabelField
from ..reading.raw.ids import to_object_ids
from ..scans import stored
from ..scans.blocks.block import StoredBlock
from ..scans.decisions.decider import Decider
from ..scans.tally import class_order
from .track_identities import Identity, Span, identities_in, spans_in

FRAMES_AT_ONCE = 2000

CLOSED_GAPS = 100
"""Gaps of less than this part of what two tracks span are not reported."""

Key = tuple[str, Identity, Identity]


@dataclass
class _Shared:
    """The frames and overlaps that two tracks share."""

    frames: list[int] = field(default_factory=list)
    ious: list[float] = field(default_factory=list)
    label_ids: list[ObjectId] = field(default_factory=list)

    @property
    def n_frames(self) -> int:
        return len(set(self.frames))


@dataclass
class _Seen:
    """The pairs of tracks of a scan, and whether labels overlap and are of tracks."""

    label_field: LabelField
    sample_id: str | None
    shared: dict[Key, _Shared]
    overlapping: bool = False
    identified: bool = False


@dataclass(frozen=True)
class TrackPage:
    """Some pairs of tracks, the longest first.

    Attributes:
        tracks: as :func:`list_tracks` returns them
        count: their number in all
        unidentified: whether labels overlap, but none of them is of a track
    """

    tracks: list[dict[str, Any]]
    count: int
    unidentified: bool


def list_tracks(
    samples: foc.SampleCollection,
    scan_key: str,
    min_frames: int = 2,
    **changes: Any,
) -> list[dict[str, Any]]:
    """Returns pairs of tracks that overlap in several frames, the longest first.

    A track is what the labels of a video with one class and one ``instance``, or else
    one ``index``, make up. Labels with neither belong to none.

    Args:
        samples: the dataset, or a view of it
        scan_key: a scan of a field of frames
        min_frames (2): leave out tracks that overlap in fewer frames
        **changes: other parameters of the decision than the scan's

    Returns:
        for each pair of tracks of a video a dict, ready for JSON: ``sample_id``;
        ``tracks``, the two, each with ``class``, ``identity``, ``frames``, how many
        frames it has, ``first_frame`` and ``last_frame``; these of the span in which
        they overlap; ``runs``, first and last frame of each stretch in which they do;
        ``frames``, in how many they do; ``mean_iou`` over these; and ``share``, of
        the frames of the shorter track

    Raises:
        ScanError: if there is no such scan
        FieldError: if its field is not one of a video's frames
        ParamsError: if one of the parameters cannot be used
    """
    return page_of_tracks(samples, scan_key, min_frames, **changes).tracks


def page_of_tracks(
    samples: foc.SampleCollection,
    scan_key: str,
    min_frames: int = 2,
    offset: int = 0,
    limit: int | None = None,
    classes: Collection[str | None] | None = None,
    **changes: Any,
) -> TrackPage:
    """Returns a page of what :func:`list_tracks` returns.

    Args:
        samples: the dataset, or a view of it
        scan_key: a scan of a field of frames
        min_frames (2): leave out tracks that overlap in fewer frames
        offset (0): the number of pairs to pass over
        limit (None): the largest number of pairs to return; by default all
        classes (None): only pairs in which a track is of one of these
        **changes: other parameters of the decision than the scan's

    Raises:
        ScanError, FieldError, ParamsError: as :func:`list_tracks`
    """
    if isinstance(min_frames, bool) or not isinstance(min_frames, int):
        raise ParamsError("a number of frames", repr(min_frames), "min_frames")
    seen = _pairs_of_tracks(samples, scan_key, None, changes)
    names = None if classes is None else set(classes)
    found = [
        (key, what)
        for key, what in seen.shared.items()
        if what.n_frames >= min_frames
        and (names is None or names & {name for name, _ in key[1:]})
    ]
    found.sort(key=_rank)
    page = found[offset : None if limit is None else offset + limit]
    spans = spans_in(samples, seen.label_field, {key[0] for key, _ in page})
    tracks = [_as_data(key, what, spans) for key, what in page]
    return TrackPage(tracks, len(found), seen.overlapping and not seen.identified)


def _rank(found: tuple[Key, _Shared]) -> tuple[Any, ...]:
    """Returns what pairs of tracks are sorted by: the longest overlap first."""
    (sample_id, *both), shared = found
    order = map(_identity_order, both)
    return -shared.n_frames, -np.mean(shared.ious), sample_id, *order


def _identity_order(identity: Identity) -> tuple[Any, ...]:
    name, which = identity
    return *class_order(name), which


def overlapping_labels(
    samples: foc.SampleCollection,
    scan_key: str,
    sample_id: str,
    tracks: Sequence[tuple[str | None, str]],
    **changes: Any,
) -> list[str]:
    """Returns the ids of the labels in which two tracks of a video overlap.

    Args:
        samples: the dataset, or a view of it
        scan_key: a scan of a field of frames
        sample_id: the video
        tracks: class and identity of the two
        **changes: other parameters of the decision than the scan's

    Returns:
        label ids; none where they do not overlap, or are not there

    Raises:
        ScanError, FieldError, ParamsError: as :func:`list_tracks`
    """
    seen = _pairs_of_tracks(samples, scan_key, sample_id, changes)
    one, other = sorted(tracks, key=_identity_order)
    what = seen.shared.get((sample_id, one, other), _Shared())
    return [str(_id) for _id in dict.fromkeys(what.label_ids)]


def _pairs_of_tracks(
    samples: foc.SampleCollection,
    scan_key: str,
    sample_id: str | None,
    changes: dict[str, Any],
) -> _Seen:
    """Returns the pairs of tracks of a scan, of one video or of all."""
    scan = stored.open_scan(samples, scan_key)
    decider, label_field = scan.decider(**changes), scan.field
    if not label_field.on_frames:
        raise FieldError(
            "a scan of the labels of frames", repr(label_field.name), "scan_key"
        )
    seen = _Seen(label_field, sample_id, defaultdict(_Shared))
    for block in scan.blocks():
        _see(samples, block, decider, seen)
    return seen


def _see(
    samples: foc.SampleCollection, block: StoredBlock, decider: Decider, seen: _Seen
) -> None:
    pairs = block.pairs.select(decider.edges(block))
    frames = np.unique(block.image[pairs.i])
    at: dict[ObjectId, tuple[str, int, Identity]] = {}
    for k in range(0, len(frames), FRAMES_AT_ONCE):
        part = to_object_ids(block.document_ids[frames[k : k + FRAMES_AT_ONCE]])
        at |= identities_in(samples, seen.label_field, part, seen.sample_id)
    seen.overlapping |= bool(len(frames))
    seen.identified |= bool(at)
    ids = to_object_ids(block.label_ids)
    for i, j, iou in zip(pairs.i.tolist(), pairs.j.tolist(), pairs.iou.tolist()):
        one, other = at.get(ids[i]), at.get(ids[j])
        if one is None or other is None or one[2] == other[2]:
            continue
        sample_id, frame_number, _ = one
        first, second = sorted((one[2], other[2]), key=_identity_order)
        shared = seen.shared[sample_id, first, second]
        shared.frames.append(frame_number)
        shared.ious.append(iou)
        shared.label_ids += (ids[i], ids[j])


def _as_data(
    key: Key, what: _Shared, spans: dict[tuple[str, Identity], Span]
) -> dict[str, Any]:
    sample_id, *identities = key
    frames = sorted(set(what.frames))
    # what was edited since it was seen may be gone
    gone = (0, frames[0], frames[-1])
    both = [spans.get((sample_id, identity), gone) for identity in identities]
    whole = max(span[2] for span in both) - min(span[1] for span in both)
    return {
        "sample_id": sample_id,
        "tracks": [
            {
                "class": name,
                "identity": which,
                "frames": n,
                "first_frame": first,
                "last_frame": last,
            }
            for (name, which), (n, first, last) in zip(identities, both)
        ],
        "first_frame": frames[0],
        "last_frame": frames[-1],
        "runs": _runs(frames, whole / CLOSED_GAPS),
        "frames": len(frames),
        "mean_iou": float(np.mean(what.ious)),
        "share": len(frames) / max(min(span[0] for span in both), 1),
    }


def _runs(frames: list[int], gap: float) -> list[list[int]]:
    """Returns first and last of each run of rising numbers; small gaps are closed."""
    runs = [[frames[0], frames[0]]]
    for number in frames[1:]:
        if number - runs[-1][1] - 1 <= gap:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs
