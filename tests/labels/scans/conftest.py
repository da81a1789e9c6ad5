"""The scan that the tests of stored scans read."""

import datasets
import generated
import pytest
from scanned import FIELD, scan


@pytest.fixture(scope="module")
def scanned(database):
    """A dataset with a scan at the recipe's threshold, which no test changes."""
    dataset = datasets.make(generated.samples(1), FIELD)
    dataset.persistent = True
    scan(dataset, "first", "The first")
    yield dataset
    dataset.delete()
