"""The one error family of the plugin, and how its errors are told apart and worded."""

MOST_CHARACTERS = 500
"""How much of a value, or of what was expected, a message repeats."""


class DuplicatesError(Exception):
    """An expected problem, told in one sentence: expected, got, where.

    The sentence is a single line that any encoding can hold, whatever it quotes, and
    its parts are cut after :data:`MOST_CHARACTERS`.

    Args:
        expected: what was expected, as words that follow "expected"
        got: what came instead, as words that follow "got"
        where: the parameter, field or label that it is about
    """

    def __init__(self, expected: str, got: str, where: str) -> None:
        self.expected, self.got, self.where = map(_in_line, (expected, got, where))
        super().__init__(f"{self.where}: expected {self.expected}, got {self.got}")


def _in_line(text: str) -> str:
    """Returns a text as a part of a message: on one line, cut, without surrogates."""
    short = text[: MOST_CHARACTERS + 1]
    if len(short) > MOST_CHARACTERS:
        short = short[: MOST_CHARACTERS - 1] + "…"
    return " ".join(short.encode("utf-8", "backslashreplace").decode().split())


def sentence_in(report: str) -> str | None:
    """Returns the sentence of an expected problem that ends a report of an error.

    Args:
        report: a traceback, or its last line: ``package.errors.ScanError: ...``

    Returns:
        the sentence; None where the error is none of the family
    """
    kind, _, sentence = report.strip().rsplit("\n", 1)[-1].partition(": ")
    is_expected = kind.rpartition(".")[-1] in {one.__name__ for one in family()}
    return sentence if is_expected else None


def family(base: type[DuplicatesError] = DuplicatesError) -> list[type]:
    """Returns every class of the family that is loaded, wherever it is defined."""
    below = [one for child in base.__subclasses__() for one in family(child)]
    return [base, *below]


class BoxError(DuplicatesError):
    """A box is no box: not finite, or with a negative side."""


class KeypointError(DuplicatesError):
    """Keypoints and their sigmas do not fit together."""


class PolygonError(DuplicatesError):
    """Polygons cannot be computed, as shapely is not installed."""


class CuboidError(DuplicatesError):
    """A cuboid is no cuboid: not finite, or with a negative dimension."""


class SegmentError(DuplicatesError):
    """A segment is no segment: not finite, or one that ends before it begins."""


class ParamsError(DuplicatesError):
    """A parameter is missing, unknown or out of its range."""


class FieldError(DuplicatesError):
    """A label field is missing, of another kind, or not to be written."""


class ScanError(DuplicatesError):
    """A stored scan is missing, exists already or cannot be read."""


class JournalError(DuplicatesError):
    """The journal has no such action."""


class RunError(DuplicatesError):
    """A run is refused because another one holds the field, or is unknown."""


class RunCancelled(RunError):  # noqa: N818 - it is asked for, no fault
    """A run was asked to stop; what it wrote until then stays."""


class DatabaseError(DuplicatesError):
    """The database stopped answering while labels were changed."""


class CvatError(DuplicatesError):
    """A CVAT server cannot be reached, refuses, or answers something else."""


class UnreadableError(Exception):
    """A mask, image or video is not read; the message is a noun phrase that says why.

    It makes a label be skipped, so it never reaches a user as an error.
    """
