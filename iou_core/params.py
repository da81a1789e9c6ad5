"""The parameters of a computation: named as in FiftyOne, frozen, validated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from .duplicates import METHODS
from .errors import ParamsError
from .keep import parse_rules
from .pairs import MIN_IOS, MIN_IOU

P = TypeVar("P", bound="ComputeParams")

NOT_YET = {
    "use_masks": "instance masks",
    "use_boxes": "polylines",
    "tolerance": "instance masks",
    "keypoint_sigmas": "keypoints",
}
"""Options of FiftyOne for label kinds that this version does not compute."""


METRICS = ("iou", "ios")
"""What a threshold is compared with."""


@dataclass(frozen=True)
class ComputeParams:
    """What is compared with what.

    Attributes:
        label_field: the label field, of type ``Detections``
        other_field (None): a second field to compare with, of the same type. By
            default, the labels of ``label_field`` are compared with each other
        classwise (False): whether only labels of one class are compared
        iscrowd (None): the name of the label attribute that marks a crowd
            region. A crowd is never the reason that another label goes
        error_level (1): accepted for FiftyOne's sake: labels that cannot be
            computed are skipped and reported at every level
    """

    label_field: str
    other_field: str | None = None
    classwise: bool = False
    iscrowd: str | None = None
    error_level: int = 1

    def __post_init__(self) -> None:
        require_name("label_field", self.label_field)
        if self.other_field is not None:
            require_name("other_field", self.other_field)
        if self.iscrowd is not None:
            require_name("iscrowd", self.iscrowd)
            if re.search(r"[.$\0]", self.iscrowd):
                raise ParamsError(
                    "the name of a label attribute", repr(self.iscrowd), "iscrowd"
                )
        require_bool("classwise", self.classwise)
        if self.error_level not in (0, 1, 2):
            raise ParamsError("0, 1 or 2", repr(self.error_level), "error_level")

    @classmethod
    def parse(cls: type[P], params: Mapping[str, Any]) -> P:
        """Returns the parameters found in a mapping; None stands for a default.

        Args:
            params: the values by name

        Raises:
            ParamsError: if one is missing, unknown or out of its range
        """
        names = [field.name for field in fields(cls)]
        given = {}
        for name, value in params.items():
            if name in NOT_YET and name not in names:
                if value not in (None, False):
                    raise ParamsError(
                        "nothing, as this version compares boxes only",
                        f"{value!r}, an option for {NOT_YET[name]}",
                        name,
                    )
            elif name not in names:
                raise ParamsError("one of " + ", ".join(names), repr(name), "parameter")
            elif value is not None:
                given[name] = value

        if "label_field" not in given:
            raise ParamsError("the name of a label field", "nothing", "label_field")
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        """Returns the parameters by name, ready for JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True)
class FindParams(ComputeParams):
    """What is compared, and which of it is a duplicate.

    Attributes:
        iou_thresh (0.75): labels are duplicates when their IoU exceeds this, in
            ``[0, 1]``. At 1 nothing is: no IoU exceeds it; exact copies are
            found at 0.999
        method ("simple"): a key of :data:`.duplicates.METHODS`
        keep (()): keep rules in order of preference, see :mod:`.keep`. None, a
            rule or a list of rules is taken as well. By default FiftyOne's order:
            ``simple`` keeps the earlier label, ``greedy`` the later of a lone pair
        metric ("iou"): what is compared with the threshold: ``iou``, or ``ios``
            (intersection over the smaller), which finds contained labels. It is
            noisy, as a person in a car is contained as well

    With ``other_field``, the labels of ``label_field`` are duplicates whose IoU
    with any label of ``other_field`` exceeds the threshold.
    """

    iou_thresh: float = 0.75
    method: str = "simple"
    keep: tuple[str, ...] = ()
    metric: str = "iou"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_fraction("iou_thresh", self.iou_thresh)
        if not isinstance(self.method, str) or self.method not in METHODS:
            raise ParamsError(" or ".join(METHODS), repr(self.method), "method")
        if self.other_field not in (None, self.label_field) and (
            self.method != "simple"
        ):
            raise ParamsError(
                "simple, as with two fields only labels of label_field go",
                repr(self.method),
                "method",
            )

        rules = self.keep if self.keep is not None else ()
        rules = (rules,) if isinstance(rules, str) else rules
        parse_rules(list(rules) if isinstance(rules, (list, tuple)) else rules)
        if rules and self.other_field not in (None, self.label_field):
            raise ParamsError(
                "none, as with two fields only labels of label_field go",
                repr(self.keep),
                "keep",
            )
        object.__setattr__(self, "keep", tuple(rules))
        if not isinstance(self.metric, str) or self.metric not in METRICS:
            raise ParamsError(" or ".join(METRICS), repr(self.metric), "metric")
        if self.metric == "ios" and self.iou_thresh < MIN_IOS:
            raise ParamsError(
                f"a number in [{MIN_IOS}, 1] with the metric ios",
                repr(self.iou_thresh),
                "iou_thresh",
            )

    @property
    def min_iou(self) -> float:
        """The IoU above which a pair is kept: enough for any later threshold."""
        return min(MIN_IOU, self.iou_thresh)

    @property
    def is_plain(self) -> bool:
        """Whether FiftyOne's order and the IoU decide."""
        return not self.keep and self.metric == "iou"


def require_name(where: str, value: object) -> None:
    """Refuses anything but a non-empty string."""
    if not isinstance(value, str) or not value:
        raise ParamsError("a name", repr(value), where)


def require_bool(where: str, value: object) -> None:
    """Refuses anything but True and False."""
    if not isinstance(value, bool):
        raise ParamsError("True or False", repr(value), where)


def require_fraction(where: str, value: object) -> None:
    """Refuses anything but a number in ``[0, 1]``."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not 0 <= value <= 1
    ):
        raise ParamsError("a number in [0, 1]", repr(value), where)
