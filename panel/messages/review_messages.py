"""The panel's messages about groups, tracks, verdicts and pairs of classes."""

from __future__ import annotations

from typing import Any

from ..requests import Answer, answers
from . import class_pairs, review, tracks

MESSAGES = (
    "list_groups",
    "draw_crop",
    "show_group",
    "list_tracks",
    "show_tracks",
    "judge_labels",
    "list_verdicts",
    "clear_verdicts",
    "list_class_pairs",
    "set_class_pair",
)
"""The messages; each reaches the method of its name."""


class ReviewMessages:
    """What a person looks at and judges; no label is changed."""

    @answers()
    def list_groups(self, ctx: Any) -> Answer:
        """Answers a page of groups, those most likely one object first."""
        return review.groups(ctx)

    @answers()
    def draw_crop(self, ctx: Any) -> Answer:
        """Answers a picture of labels of one sample, or frame."""
        return review.crop(ctx)

    @answers()
    def show_group(self, ctx: Any) -> Answer:
        """Shows one sample in the grid, with nothing but some of its labels."""
        ctx.ops.set_view(review.group_view(ctx))
        return {}

    @answers()
    def list_tracks(self, ctx: Any) -> Answer:
        """Answers a page of pairs of tracks that overlap, the longest first."""
        return tracks.listed(ctx)

    @answers()
    def show_tracks(self, ctx: Any) -> Answer:
        """Shows one video in the grid, with the labels in which two tracks overlap."""
        ctx.ops.set_view(tracks.pair_view(ctx))
        return {}

    @answers()
    def judge_labels(self, ctx: Any) -> Answer:
        """Remembers that labels are real, each beside each other."""
        return review.judge(ctx)

    @answers()
    def list_verdicts(self, ctx: Any) -> Answer:
        """Answers the newest verdicts."""
        return review.newest_verdicts(ctx)

    @answers()
    def clear_verdicts(self, ctx: Any) -> Answer:
        """Forgets the verdicts among some labels, or all of them."""
        return review.forget(ctx)

    @answers()
    def list_class_pairs(self, ctx: Any) -> Answer:
        """Answers how often labels of which two classes overlap, at all thresholds."""
        return class_pairs.listed(ctx)

    @answers()
    def set_class_pair(self, ctx: Any) -> Answer:
        """Sets what holds for one pair of classes."""
        return class_pairs.set_rule(ctx)
