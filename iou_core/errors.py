"""The one error family of the plugin."""


class DuplicatesError(Exception):
    """An expected problem, told in one sentence: expected, got, where.

    Args:
        expected: what was expected, as words that follow "expected"
        got: what came instead, as words that follow "got"
        where: the parameter, field or label that it is about
    """

    def __init__(self, expected: str, got: str, where: str) -> None:
        super().__init__(f"{where}: expected {expected}, got {got}")
        self.expected = expected
        self.got = got
        self.where = where


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
