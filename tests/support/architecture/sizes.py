"""The largest number of lines that files may have."""

# of Python, and of TypeScript and JavaScript
LIMITS = {".py": 300, ".ts": 200, ".tsx": 200, ".mjs": 200}


def too_long(paths):
    """Returns the lines of those files that have more than their kind may have.

    Args:
        paths: an iterable of :class:`pathlib.Path`; files of other kinds have no limit

    Returns:
        a dict of paths, as strings, to numbers of lines
    """
    limited = (path for path in paths if path.suffix in LIMITS)
    lines = {path: len(path.read_text().splitlines()) for path in limited}
    return {str(path): n for path, n in lines.items() if n > LIMITS[path.suffix]}
