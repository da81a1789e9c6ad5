"""A fitted likelihood, which is stored with its scan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from ...arrays import Bools, Floats, Ints
from ...clues import N_AGREEMENTS, n_attributes
from ...clues import split as split_code
from ...pairs import Pairs
from .agreement import N_BANDS, bands
from .cells import LOWEST, N_BINS, N_PLACES, N_REACH, pair_cells, split
from .densities import exponents
from .earlier_model import EarlierModel
from .parts import Parts
from .shares import PRIOR_PAIRS, Shares, posterior

VERSION = 2

_TINY = 1e-12  # so that no number of pairs is 0

_SHAPES = {
    "iou": (2, N_PLACES, N_BINS),
    "places": (-1, N_PLACES),
    "reaches": (2, N_PLACES, N_REACH),
    "masks": (2, N_PLACES, N_BINS),
    "agreement": (-1,),
    "predictions": (N_BANDS, N_AGREEMENTS),
}


class Likelihoods(Protocol):
    """The fitted model of a scan, of this version or an earlier one."""

    def likelihood(self, pairs: Pairs, classes: Ints, boxes: Floats) -> Floats:
        """Returns the likelihood that each pair is one object.

        Args:
            pairs: ``M`` pairs of ``N`` labels
            classes: ``(N,)`` the class number of each label
            boxes: ``(N, 4)`` relative ``[x, y, w, h]``; zeros where there is no box

        Returns:
            an ``(M,)`` array in ``[0, 1]``
        """

    def parts(self, pairs: Pairs, classes: Ints, boxes: Floats) -> Parts:
        """Returns what the odds of each pair are a product of.

        Args:
            pairs: ``M`` pairs of ``N`` labels
            classes: ``(N,)`` the class number of each label
            boxes: ``(N, 4)`` relative ``[x, y, w, h]``; zeros where there is no box

        Returns:
            the :class:`.parts.Parts`: their sum is the logit of the likelihood
        """

    def share(self, first: Ints, second: Ints) -> Floats:
        """Returns the share of duplicates among the pairs of two classes.

        Args:
            first: ``(M,)`` class numbers
            second: ``(M,)`` class numbers

        Returns:
            an ``(M,)`` array in ``(0, 1)``; the pool's share where no pair of
            these classes was seen
        """

    def to_dict(self) -> dict[str, Any]:
        """Returns the model, ready for JSON."""


@dataclass(frozen=True)
class LikelihoodModel:
    """The model of the likelihood; see the package's docstring.

    Attributes:
        measure: what is compared, a key of :data:`.densities.EXPONENTS`
        classes: ``(K, 2)`` the class pairs that were seen, sorted
        kind: ``(K,)`` 1 for those of a container and its contents, otherwise 0
        setting: ``(K,)`` its row in ``places``: that of its kind, or a row for it alone
        shares: the :class:`.shares.Shares` of each
        iou: ``(2, N_PLACES, N_BINS)``, for each kind and place the logarithm of: how
            much likelier an IoU of boxes is among duplicates than among neighbors
        places: ``(2 + R, N_PLACES)``, the same of the place
        reaches: ``(2, N_PLACES, N_REACH)``, the same of the reach
        masks (None): ``(2, N_PLACES, N_BINS)``, the same of the IoU of masks, which
            counts instead of that of boxes; None if no pair had any
        clues (()): the names of the ``n`` attributes that are evidence, and at the end
            :data:`...clues.PREDICTIONS` if these are as well
        agreement (None): ``(N_AGREEMENTS ** n,)``, the same of how attributes agree
        predictions (None): ``(N_BANDS, N_AGREEMENTS)``, the same of what these say
    """

    measure: str
    classes: Ints
    kind: Ints
    setting: Ints
    shares: Shares
    iou: Floats
    places: Floats
    reaches: Floats
    masks: Floats | None = None
    clues: tuple[str, ...] = ()
    agreement: Floats | None = None
    predictions: Floats | None = None

    def likelihood(self, pairs: Pairs, classes: Ints, boxes: Floats) -> Floats:
        """Returns the likelihood of each pair; see :class:`Likelihoods`.

        It rises with the IoU, for the same classes, size and sides.
        """
        odds = np.exp(self._evidence(pairs, classes, boxes).sum(axis=1))
        return self._posterior(pairs, classes, odds)

    def parts(self, pairs: Pairs, classes: Ints, boxes: Floats) -> Parts:
        """Returns the parts of the odds of each pair; see :class:`Likelihoods`."""
        evidence = self._evidence(pairs, classes, boxes)
        itself = self._posterior(pairs, classes, np.exp(evidence.sum(axis=1)))
        counted, known = self._counted(classes[pairs.i], classes[pairs.j])
        seen = self._seen(pairs, known)
        itself = np.where(seen, itself, 0)
        others = counted.pairs - seen
        duplicates = counted.duplicates - itself
        real = others - duplicates
        share = np.log(np.maximum(duplicates, _TINY) / np.maximum(real, _TINY))
        log_odds = np.concatenate([share[:, None], evidence], axis=1)
        counted_here = known & (others >= PRIOR_PAIRS + 1)
        return Parts(log_odds, counted_here, clues=self.clues)

    def _evidence(self, pairs: Pairs, classes: Ints, boxes: Floats) -> Floats:
        """Returns ``(M, 4)`` log odds: of IoU, place, reach, and clues."""
        row, known = self._rows(classes[pairs.i], classes[pairs.j])
        table = self.iou
        if self.masks is None:
            pairs = replace(pairs, mask_iou=None)
        else:
            table = np.concatenate([self.iou, self.masks], axis=2)
        place, reach, level = split(pair_cells(pairs, boxes))
        kind = np.where(known, self._padded(self.kind)[row], 0)
        setting = np.where(known, self._padded(self.setting)[row], 0)
        below = np.log(np.clip(pairs.iou / LOWEST, 1e-9, 1))
        below = np.where(level < N_BINS, below, 0)
        of_iou = table[kind, place, level]
        of_iou = of_iou + below * (exponents(self.measure)[place] - 1)
        places, reaches = self.places[setting, place], self.reaches[kind, place, reach]
        agree = np.zeros(len(pairs))
        if self.agreement is not None and pairs.agreement is not None:
            own, said = split_code(pairs.agreement, n_attributes(self.clues))
            agree = self.agreement[own]
            if self.predictions is not None:
                agree = agree + self.predictions[bands(level), said]
        return np.stack([of_iou, places, reaches, agree], axis=1)

    def _posterior(self, pairs: Pairs, classes: Ints, odds: Floats) -> Floats:
        counted, known = self._counted(classes[pairs.i], classes[pairs.j])
        share = counted.duplicates / counted.pairs
        other = share * odds / (share * odds + 1 - share)
        own = posterior(odds, counted.duplicates, counted.pairs)
        return np.where(self._seen(pairs, known), own, other)

    def _seen(self, pairs: Pairs, known: Bools) -> Bools:
        """Returns which pairs the shares of their classes were counted with."""
        seen: Bools = known & (pairs.iou > LOWEST) & pairs.decides
        return seen

    def share(self, first: Ints, second: Ints) -> Floats:
        """Returns the share of duplicates of two classes; see :class:`Likelihoods`."""
        counted, _ = self._counted(first, second)
        return counted.duplicates / counted.pairs

    def _counted(self, first: Ints, second: Ints) -> tuple[Shares, Bools]:
        """Returns the shares of class pairs, and whether each was seen.

        One that was not seen has the share of its pool, of one pair.
        """
        row, known = self._rows(first, second)
        pool = np.where(first == second, self.shares.pools[0], self.shares.pools[1])
        duplicates = np.where(known, self._padded(self.shares.duplicates)[row], pool)
        pairs = np.where(known, self._padded(self.shares.pairs)[row], 1.0)
        return Shares(duplicates, pairs, self.shares.pools), known

    def _rows(self, first: Ints, second: Ints) -> tuple[Ints, Bools]:
        """Returns the row of each class pair, and whether it was seen."""
        low, high = np.minimum(first, second), np.maximum(first, second)
        key = low.astype(np.int64) << 32 | high
        own = self._padded(self.classes[:, 0] << 32 | self.classes[:, 1], -1)
        row = np.minimum(np.searchsorted(own, key), len(own) - 1)
        return row, own[row] == key

    def _padded(self, values: Any, nothing: int = 1) -> Any:
        """Returns values that can be indexed although no class pair was seen."""
        return values if len(values) else np.array([nothing])

    def to_dict(self) -> dict[str, Any]:
        """Returns the model, ready for JSON."""
        return {
            "version": VERSION,
            "measure": self.measure,
            "classes": self.classes.tolist(),
            "kind": self.kind.tolist(),
            "setting": self.setting.tolist(),
            "duplicates": self.shares.duplicates.tolist(),
            "pairs": self.shares.pairs.tolist(),
            "pools": self.shares.pools.tolist(),
            "clues": list(self.clues),
            **{
                name: getattr(self, name).ravel().tolist()
                for name in _SHAPES
                if getattr(self, name) is not None
            },
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> LikelihoodModel:
        """Returns the model that :meth:`to_dict` was called on."""
        shares = (np.array(stored[name]) for name in ("duplicates", "pairs", "pools"))
        return cls(
            stored["measure"],
            np.array(stored["classes"], dtype=np.int64).reshape(-1, 2),
            np.array(stored["kind"], dtype=np.int64),
            np.array(stored["setting"], dtype=np.int64),
            Shares(*shares),
            clues=tuple(stored.get("clues", ())),
            **{
                name: np.array(stored[name]).reshape(shape)
                for name, shape in _SHAPES.items()
                if name in stored
            },
        )


def from_dict(stored: dict[str, Any]) -> Likelihoods:
    """Returns the stored model of a scan, of this version or an earlier one."""
    if "version" in stored:
        return LikelihoodModel.from_dict(stored)
    return EarlierModel.from_dict(stored)
