"""What the verdicts say about the labels and pairs of blocks."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools
from ....iou_core.pairs import Pairs
from ...jobs.shards import as_keys, places
from ...reading.columns import Bytes, to_bytes
from . import verdicts
from .verdict_kinds import REAL, Verdict


class Verdicts:
    """Verdicts, to be asked about the pairs of block after block.

    Args:
        found (None): the verdicts; all that are stored by default
    """

    def __init__(self, found: Iterable[Verdict] | None = None) -> None:
        self._real: set[bytes] = set()
        in_real: set[bytes] = set()
        self._count = 0
        for verdict in verdicts.everywhere() if found is None else found:
            self._count += 1
            if verdict.verdict == REAL:
                self._real.add(verdict.key)
                in_real.update(label_id.binary for label_id in verdict.label_ids)
        self._in_real = _sorted_keys(in_real)

    def __len__(self) -> int:
        return self._count

    def real(self, pairs: Pairs, label_ids: Bytes) -> Bools | None:
        """Returns which pairs are both real; None for none at all.

        Args:
            pairs: ``M`` pairs of ``N`` labels
            label_ids: ``(N, 12)`` the labels
        """
        if not self._real or not len(pairs):
            return None
        known = places(self._in_real, as_keys(label_ids))[1]
        asked = np.flatnonzero(known[pairs.i] & known[pairs.j])
        ids = to_bytes(label_ids)
        i, j = pairs.i[asked].tolist(), pairs.j[asked].tolist()
        keys = (b"".join(sorted((ids[a], ids[b]))) for a, b in zip(i, j))
        real = np.zeros(len(pairs), np.bool_)
        real[asked] = [key in self._real for key in keys]
        return real if real.any() else None


def _sorted_keys(ids: Iterable[bytes]) -> npt.NDArray[np.bytes_]:
    return np.frombuffer(b"".join(sorted(ids)), "S12")
