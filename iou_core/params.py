"""The parameters of a computation: named as in FiftyOne, frozen, validated."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import PurePath
from typing import Any, TypeVar

import numpy as np

from .clues import attributes, require_attribute, require_predictions
from .errors import ParamsError, UnusedError
from .keep_rule import parse_rules
from .pairs import MIN_IOS, MIN_IOU

P = TypeVar("P", bound="ComputeParams")

KIND_OPTIONS = (
    "use_masks",
    "use_boxes",
    "tolerance",
    "keypoint_sigmas",
    "unmarked_as_missing",
    "rotation_unit",
    "with_masks",
)
"""Options that apply to some kinds of labels only."""

ROTATION_UNITS = ("degrees", "radians")
"""The units of the ``rotation`` of oriented boxes."""

LIKELIHOOD = "likelihood"
METRICS = ("iou", "ios", LIKELIHOOD)
"""The values that a threshold may be compared with."""

METHODS: dict[str, str] = {
    "simple": "the less preferred label of every pair is removed (default: the later)",
    "greedy": "the label with the most overlaps is removed first, so fewer are removed",
    "nms": "labels that overlap a more preferred, kept label are removed",
    "fewest": "as few labels as possible are removed",
}
"""The methods by name, and which labels each removes."""


@dataclass(frozen=True)
class ComputeParams:
    """The parameters that choose which labels are compared, and how.

    Attributes:
        label_field: the label field
        other_field (None): a second field to compare with, of the same type. By
            default, the labels of ``label_field`` are compared with each other
        classwise (False): whether only labels of one class are compared
        iscrowd (None): the name of the label attribute that marks a crowd region.
            A crowd is never a reason to remove another label
        use_masks (False): whether to compare the masks of detections, not the boxes
        use_boxes (False): whether to compare the boxes of polylines, not the shapes
        tolerance (None): with ``use_masks``, the tolerance in pixels with which masks
            are turned into polygons first. By default, pixels are compared
        keypoint_sigmas (None): the falloff of each keypoint, all positive. By
            default 1 for all, as in FiftyOne, which makes most keypoints similar
        unmarked_as_missing (False): whether keypoints at exactly ``(0, 0)`` or
            ``(-1, -1)``, or with a confidence of 0, are missing. By default they are
            compared like any other point, as in FiftyOne
        rotation_unit (None): the unit of the ``rotation`` of oriented boxes,
            ``degrees`` or ``radians``; with two fields, optionally a list with one
            for each. By default it is inferred from the values of each field
        error_level (1): accepted for compatibility with FiftyOne. Labels that
            cannot be computed are skipped and reported at every level
    """

    label_field: str
    other_field: str | None = None
    classwise: bool = False
    iscrowd: str | None = None
    use_masks: bool = False
    use_boxes: bool = False
    tolerance: float | None = None
    keypoint_sigmas: tuple[float, ...] | None = None
    unmarked_as_missing: bool = False
    rotation_unit: str | tuple[str, ...] | None = None
    error_level: int = 1

    def __post_init__(self) -> None:
        require_name("label_field", self.label_field)
        if self.other_field is not None:
            require_name("other_field", self.other_field)
        if self.iscrowd is not None:
            require_attribute("iscrowd", self.iscrowd)
        for name in ("classwise", "use_masks", "use_boxes", "unmarked_as_missing"):
            require_bool(name, getattr(self, name))
        if self.tolerance is not None:
            if not _is_number(self.tolerance) or self.tolerance < 0:
                raise ParamsError(
                    "a number of pixels, 0 or more", repr(self.tolerance), "tolerance"
                )
            if not self.use_masks:
                reason = "without use_masks"
                raise UnusedError(reason, repr(self.tolerance), "tolerance")
        if self.keypoint_sigmas is not None:
            sigmas = self.keypoint_sigmas
            if (
                not isinstance(sigmas, (list, tuple))
                or not sigmas
                or not all(_is_number(sigma) and sigma > 0 for sigma in sigmas)
            ):
                raise ParamsError(
                    "positive numbers, one for each keypoint",
                    repr(sigmas),
                    "keypoint_sigmas",
                )
            object.__setattr__(self, "keypoint_sigmas", tuple(map(float, sigmas)))
        if self.rotation_unit is not None:
            self._require_rotation_unit()
        if self.error_level not in (0, 1, 2):
            raise ParamsError("0, 1 or 2", repr(self.error_level), "error_level")

    def _require_rotation_unit(self) -> None:
        given = self.rotation_unit
        units = [given] if isinstance(given, str) else given
        if (
            not isinstance(units, (list, tuple))
            or len(units) not in (1, 1 + self.two_fields)
            or not all(unit in ROTATION_UNITS for unit in units)
        ):
            raise ParamsError(" or ".join(ROTATION_UNITS), repr(given), "rotation_unit")
        unit = units[0] if len(set(units)) == 1 else tuple(units)
        object.__setattr__(self, "rotation_unit", unit)

    @property
    def two_fields(self) -> bool:
        """Whether labels are compared with those of another field."""
        return self.other_field not in (None, self.label_field)

    def rotation_unit_of(self, field: str) -> str | None:
        """Returns the unit of the rotations of a field; None to infer it."""
        unit = self.rotation_unit
        if isinstance(unit, tuple):
            return unit[0 if field == self.label_field else 1]
        return unit

    @classmethod
    def parse(cls: type[P], params: Mapping[str, Any]) -> P:
        """Returns the parameters in a mapping; a value of None is the default.

        Args:
            params: the values by name

        Raises:
            ParamsError: if one is missing, unknown or out of its range
        """
        names = [field.name for field in fields(cls)]
        given = {}
        for name, value in plain(params).items():
            if name not in names:
                raise ParamsError("one of " + ", ".join(names), repr(name), "parameter")
            if value is not None:
                given[name] = value

        if "label_field" not in given:
            raise ParamsError("the name of a label field", "nothing", "label_field")
        return cls(**given)

    @property
    def kind_options(self) -> list[str]:
        """The names of the given options that apply to some kinds only."""
        return [name for name in KIND_OPTIONS if getattr(self, name, None)]

    def to_dict(self) -> dict[str, Any]:
        """Returns the parameters by name, ready for JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True)
class FindParams(ComputeParams):
    """The parameters that choose which labels are compared and which are duplicates.

    Attributes:
        iou_thresh (0.75): labels are duplicates when their IoU, or the value that
            ``metric`` names, exceeds this, in ``[0, 1]``. No IoU exceeds 1; use 0.999
            to find exact copies
        method ("simple"): a key of :data:`METHODS`
        keep (()): keep rules in order of preference, see
            :mod:`.keep_rule`; or None, or one rule. By default FiftyOne's order:
            ``simple`` keeps the earlier label, ``greedy`` the later of a lone pair
        metric ("iou"): the value compared with the threshold: ``iou``; ``ios``
            (intersection over the smaller), which also finds contained labels; or
            ``likelihood``, how likely two labels mark one object, by the fit of the
            scan that they are in. Not with two fields
        with_masks (None): whether to compare the masks of boxes as well, for the
            likelihoods of a scan. By default, if the first samples hold masks
        evidence (()): the names of attributes, such as the annotator, whose agreement
            counts for the likelihoods of a scan: equal, or times within a minute
        predictions (None): a field of predictions, which count as well: one for both
            labels, or one each. Not with two fields

    With ``other_field``, labels of ``label_field`` that overlap any of its labels are
    duplicates.
    """

    iou_thresh: float = 0.75
    method: str = "simple"
    keep: tuple[str, ...] = ()
    metric: str = "iou"
    with_masks: bool | None = None
    evidence: tuple[str, ...] = ()
    predictions: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        require_fraction("iou_thresh", self.iou_thresh)
        if not isinstance(self.method, str) or self.method not in METHODS:
            raise ParamsError(" or ".join(METHODS), repr(self.method), "method")
        if self.two_fields and self.method != "simple":
            raise ParamsError(
                "simple with two fields, where only labels of label_field are removed",
                repr(self.method),
                "method",
            )

        rules = self.keep if self.keep is not None else ()
        rules = (rules,) if isinstance(rules, str) else rules
        parse_rules(list(rules) if isinstance(rules, (list, tuple)) else rules)
        if rules and self.two_fields:
            raise UnusedError(
                "with two fields, where only labels of label_field are removed",
                repr(self.keep),
                "keep",
            )
        object.__setattr__(self, "keep", tuple(rules))
        if self.with_masks is not None:
            require_bool("with_masks", self.with_masks)
        object.__setattr__(self, "evidence", attributes("evidence", self.evidence))
        require_predictions(self.predictions, self.label_field, self.two_fields)
        if not isinstance(self.metric, str) or self.metric not in METRICS:
            raise ParamsError(" or ".join(METRICS), repr(self.metric), "metric")
        if self.metric == LIKELIHOOD and self.two_fields:
            expected = "iou or ios with two fields, as a likelihood is of one field"
            raise ParamsError(expected, repr(self.metric), "metric")
        if self.metric == "ios" and self.iou_thresh < MIN_IOS:
            expected = f"a number in [{MIN_IOS}, 1] with the metric ios"
            raise ParamsError(expected, repr(self.iou_thresh), "iou_thresh")

    @property
    def min_iou(self) -> float:
        """The IoU above which a pair is stored: low enough for any later threshold."""
        return MIN_IOU if self.metric == LIKELIHOOD else min(MIN_IOU, self.iou_thresh)

    @property
    def is_plain(self) -> bool:
        """Whether labels are removed in FiftyOne's order, by the IoU."""
        return not self.keep and self.metric == "iou"


def plain(value: Any) -> Any:
    """Returns a parameter as JSON would carry it.

    Every parameter that a caller passes is converted once: NumPy's numbers, bools and
    arrays become Python's, tuples become lists, and paths become text. Other values
    are returned unchanged, and checked where they are used.
    """
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (np.generic, np.ndarray)):
        return plain(value.tolist())
    return str(value) if isinstance(value, PurePath) else value


def require_name(where: str, value: object) -> None:
    """Raises a ParamsError unless the value is a non-empty string."""
    if not isinstance(value, str) or not value:
        raise ParamsError("a name", repr(value), where)


def require_bool(where: str, value: object) -> None:
    """Raises a ParamsError unless the value is True or False."""
    if not isinstance(value, bool):
        raise ParamsError("True or False", repr(value), where)


def _is_number(value: object) -> bool:
    is_bool = isinstance(value, bool)
    return not is_bool and isinstance(value, (int, float)) and math.isfinite(value)


def require_fraction(where: str, value: object) -> None:
    """Raises a ParamsError unless the value is a number in ``[0, 1]``."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not 0 <= value <= 1
    ):
        raise ParamsError("a number in [0, 1]", repr(value), where)
