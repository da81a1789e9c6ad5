"""The one error family of the plugin, and the wording of its messages."""

MOST_CHARACTERS = 500
"""The length after which each part of a message is cut."""


class DuplicatesError(Exception):
    """An expected problem, described in one sentence: expected, got, where.

    The sentence is a single line that any encoding can hold, and each of its parts is
    cut after :data:`MOST_CHARACTERS`.

    Args:
        expected: what was expected, as words that follow "expected"
        got: what came instead, as words that follow "got"
        where: the parameter, field or label concerned
    """

    def __init__(self, expected: str, got: str, where: str) -> None:
        self.expected, self.got, self.where = map(_in_line, (expected, got, where))
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        return f"{self.where}: expected {self.expected}, got {self.got}"


def _in_line(text: str) -> str:
    """Returns a text as a part of a message: on one line, cut, without surrogates."""
    short = text[: MOST_CHARACTERS + 1]
    if len(short) > MOST_CHARACTERS:
        short = short[: MOST_CHARACTERS - 1] + "…"
    return " ".join(short.encode("utf-8", "backslashreplace").decode().split())


def sentence_in(report: str) -> str | None:
    """Returns the sentence of the expected problem that an error report ends with.

    Args:
        report: a traceback, or its last line: ``package.errors.ScanError: ...``

    Returns:
        the sentence; None where the error is not of the family
    """
    kind, _, sentence = report.strip().rsplit("\n", 1)[-1].partition(": ")
    is_expected = kind.rpartition(".")[-1] in {one.__name__ for one in family()}
    return sentence if is_expected else None


def family(base: type[DuplicatesError] = DuplicatesError) -> list[type]:
    """Returns every loaded class of the family, in any module."""
    below = [one for child in base.__subclasses__() for one in family(child)]
    return [base, *below]


class BoxError(DuplicatesError):
    """A box is not finite or has a negative side."""


class KeypointError(DuplicatesError):
    """Keypoints and their sigmas do not fit together."""


class PolygonError(DuplicatesError):
    """Polygons cannot be computed, because shapely is not installed or too old."""


class CuboidError(DuplicatesError):
    """A cuboid is not finite or has a negative dimension."""


class SegmentError(DuplicatesError):
    """A segment is not finite or ends before it begins."""


class ParamsError(DuplicatesError):
    """A parameter is missing, unknown or out of its range."""


class UnusedError(ParamsError):
    """A parameter was given that has no effect with the other ones.

    Args:
        expected: words that follow "has no effect", such as "without use_masks"
        got: the value of the parameter
        where: the parameter
    """

    def _sentence(self) -> str:
        return f"{self.where} has no effect {self.expected}, got {self.got}"


class NoLabelError(ParamsError):
    """There is no label with an id, or it was deleted."""


class FieldError(DuplicatesError):
    """A label field is missing, has the wrong type or is read-only."""


class ScanError(DuplicatesError):
    """A stored scan is missing, already exists or cannot be read."""


class NoScanError(ScanError):
    """There is no scan with a key."""


class NewerError(ScanError):
    """A newer version of the plugin stored something that this one cannot read."""


class JournalError(DuplicatesError):
    """The journal has no such action."""


class OrderError(ParamsError):
    """An action cannot be undone before a later one.

    Args:
        expected: what the later action did, as a clause
        got: the key of the later action
        where: the parameter
    """

    def _sentence(self) -> str:
        return f"{self.where}: {self.expected} (undo {self.got} first)"


class RunError(DuplicatesError):
    """A run is unknown, or cannot start because another one uses the field."""


class RunCancelled(RunError):  # noqa: N818 - asked for, not a fault
    """A run was canceled; changes that it made before that are kept."""


class DatabaseError(DuplicatesError):
    """The database stopped answering while labels were changed."""


class CvatError(DuplicatesError):
    """A CVAT server cannot be reached, rejects a request, or answers unexpectedly."""


class UnreadableError(Exception):
    """A mask, image or video cannot be read; the message is a noun phrase.

    A label with such a mask is skipped and reported with the message as its reason.
    """
