"""Docstrings refer only to functions, classes and modules that exist."""

import pytest
import references

from dev import release


def test_every_reference_in_a_docstring_is_to_something_that_exists():
    assert references.check(release.ROOT) == []


OTHERS = {
    "labels/fields.py": "class Field:\n    def labels(self): self.path = 1\nFRAMES = 2",
    "labels/reading/read.py": "from ..fields import Field\nimport numpy as np",
}


@pytest.mark.parametrize(
    "reference",
    [
        ":func:`read`",
        ":func:`.read.read`",
        ":func:`.fields.Field`",
        ":func:`...fields.Field`",
        ":meth:`Field.find`",
        ":data:`fields.FRAMES`",
        ":func:`numpy.no_such_function`",
        ":mod:`labels.writing`",
    ],
)
def test_a_reference_to_nothing_is_reported(reference):
    text = f'{OTHERS["labels/reading/read.py"]}\n"""See {reference}."""'

    (fault,) = references.broken({**OTHERS, "labels/reading/read.py": text})

    assert fault.startswith("labels/reading/read.py: ")


@pytest.mark.parametrize(
    "reference",
    [
        ":class:`Field`",
        ":class:`~..fields.Field`",
        ":meth:`Field.labels`",
        ":attr:`..fields.Field.path`",
        ":data:`labels.fields.FRAMES`",
        ":func:`np.unique`",
        ":class:`fiftyone.core.view.DatasetView`",
        ":class:`pathlib.Path`",
        ":exc:`ValueError`",
    ],
)
def test_a_reference_that_is_right_passes(reference):
    text = f'{OTHERS["labels/reading/read.py"]}\n"""See {reference}."""'

    assert references.broken({**OTHERS, "labels/reading/read.py": text}) == []
