"""The stages of a view that may change labels, not only select them."""

from __future__ import annotations

from collections.abc import Sequence

import fiftyone.core.collections as foc
import fiftyone.core.stages as fosg
import fiftyone.core.view as fov

_ONLY_SELECT = (
    fosg.Concat,
    fosg.Exclude,
    fosg.ExcludeBy,
    fosg.ExcludeFields,
    fosg.ExcludeFrames,
    fosg.ExcludeGroups,
    fosg.ExcludeGroupSlices,
    fosg.ExcludeLabels,
    fosg.Exists,
    fosg.FilterField,
    fosg.FilterLabels,
    fosg.Flatten,
    fosg.GeoNear,
    fosg.GeoWithin,
    fosg.GroupBy,
    fosg.Limit,
    fosg.LimitLabels,
    fosg.Match,
    fosg.MatchFrames,
    fosg.MatchLabels,
    fosg.MatchTags,
    fosg.Select,
    fosg.SelectBy,
    fosg.SelectFields,
    fosg.SelectFrames,
    fosg.SelectGroups,
    fosg.SelectGroupSlices,
    fosg.SelectLabels,
    fosg.Shuffle,
    fosg.Skip,
    fosg.SortBy,
    fosg.SortBySimilarity,
    fosg.Take,
)
"""The stages that return labels as they are stored. All others may change them."""

MAX_TEXT = 300
"""The length of the text of a stage, in characters."""


def of(samples: foc.SampleCollection) -> tuple[str, ...]:
    """Returns the stages of a collection that may change labels, as texts.

    Args:
        samples: a dataset or a view

    Returns:
        one text for each stage, as ``"MapLabels(field='gt', map={'car': 'vehicle'})"``;
        empty for datasets, and for views that only select
    """
    if not isinstance(samples, fov.DatasetView):
        return ()
    found: list[str] = []
    for stage in samples._stages:
        if isinstance(stage, fosg.Concat):
            found += of(stage.samples)
        elif not isinstance(stage, _ONLY_SELECT):
            found.append(_text(stage))
    return tuple(found)


def _text(stage: fosg.ViewStage) -> str:
    given = ", ".join(f"{k}={v!r}" for k, v in _kwargs(stage) if v is not None)
    text = f"{type(stage).__name__}({given})"
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def _kwargs(stage: fosg.ViewStage) -> Sequence[tuple[str, object]]:
    return [(k, v) for k, v in stage._kwargs() if not k.startswith("_")]
