"""Class names as numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools, Ints
from . import buffer
from .hashes import string_hashes

Hashes = npt.NDArray[np.uint64]

NO_CLASS = 0
"""The hash that stands for a label without a class."""

_SLOTS = 1 << 16  # of class names that are found without a search


class ClassNames:
    """Numbers of class names, in the order in which the names are first seen.

    The number of a name is valid for one run; its hash may be stored.
    """

    def __init__(self) -> None:
        self.names: list[str | None] = []
        self._numbers: dict[int, int] = {}
        self._slots = np.zeros(_SLOTS, dtype=np.int64)
        self._slot_hashes = np.zeros(_SLOTS, dtype=np.uint64)
        self._slot_hashes[0] = 1  # so that no hash seems to be known

    def __len__(self) -> int:
        return len(self.names)

    def number(self, name_hash: int, name: str | None) -> int:
        """Returns the number of a name, a new one if it is new."""
        known = self._numbers.get(name_hash)
        if known is None:
            known = self._numbers[name_hash] = len(self.names)
            self.names.append(name)
            slot = name_hash % _SLOTS
            self._slots[slot], self._slot_hashes[slot] = known, name_hash
        return known

    def read(
        self, raw: buffer.Raw, label: buffer.Element, regular: Bools
    ) -> tuple[Ints, Hashes]:
        """Returns the numbers and hashes of the classes of ``M`` labels.

        Args:
            raw: the bytes
            label: where the class names are
            regular: ``(M,)`` bool, which labels to read; set to False in place for
                labels whose class is neither text nor missing

        Returns:
            ``(numbers, hashes)``, each ``(M,)``; zeros for other labels
        """
        regular &= np.isin(label.type, (buffer.STRING, buffer.NULL, buffer.ABSENT))
        text = (label.type == buffer.STRING) & regular
        hashes = np.full(len(regular), NO_CLASS, dtype=np.uint64)
        at = label.at[text]
        hashes[text], lengths = string_hashes(raw, at)
        numbers = np.zeros(len(regular), dtype=np.int64)
        numbers[regular] = self._read(raw, hashes[regular], text[regular], at, lengths)
        return numbers, hashes

    def _read(
        self, raw: buffer.Raw, hashes: Hashes, text: Bools, at: Ints, lengths: Ints
    ) -> Ints:
        """Returns the numbers of hashes; reads only names that are new."""
        slot = (hashes % np.uint64(_SLOTS)).astype(np.int64)
        numbers, known = self._slots[slot], self._slot_hashes[slot] == hashes
        if known.all():
            return numbers
        rest = np.flatnonzero(~known)
        unique, first, inverse = np.unique(
            hashes[rest], return_index=True, return_inverse=True
        )
        row_of_text = np.cumsum(text) - 1
        found = np.zeros(len(unique), dtype=np.int64)
        for k in np.argsort(first).tolist():
            at_row = rest[first[k]]
            name = None
            if text[at_row] and int(unique[k]) not in self._numbers:
                row = row_of_text[at_row]
                begin = int(at[row]) + 4
                name = raw.data[begin : begin + int(lengths[row])].decode()
            found[k] = self.number(int(unique[k]), name)
        numbers[rest] = found[inverse]
        return numbers


def hash_of(name: str | None) -> np.uint64:
    """Returns the hash that :func:`.hashes.string_hashes` gives a class name."""
    if name is None:
        return np.uint64(NO_CLASS)
    text = name.encode()
    raw = buffer.Raw((len(text) + 1).to_bytes(4, "little") + text + b"\x00")
    return string_hashes(raw, np.zeros(1, np.int64))[0][0]
