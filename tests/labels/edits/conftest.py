"""Labels of any content, and the steps in which they are written."""

import threading

import odd_labels
import pytest
from undoable import planned

from duplicates.labels.edits import change, restore
from duplicates.labels.edits.writing import writer


@pytest.fixture
def dataset(raw_dataset):
    """Samples with many duplicates, whose labels have any content."""
    return raw_dataset(odd_labels.documents(8))


@pytest.fixture
def plan(dataset):
    """A plan for the duplicates of ``dataset``."""
    return planned(dataset)


@pytest.fixture
def small_steps(monkeypatch):
    """Splits the work on a few samples into many commands and rounds."""
    monkeypatch.setattr(writer, "_BATCH", 2)
    monkeypatch.setattr(change, "SAMPLES_AT_ONCE", 5)
    monkeypatch.setattr(restore, "SAMPLES_AT_ONCE", 5)


@pytest.fixture
def before_each_write(monkeypatch):
    """A function that runs another one before each command of updates is sent."""

    def inject(act, times=1):
        update = writer.Writer._update
        left = [times]
        lock = threading.Lock()

        def edited_first(self, batch):
            with lock:
                if left[0]:
                    left[0] -= 1
                    act()
            return update(self, batch)

        monkeypatch.setattr(writer.Writer, "_update", edited_first)
        return left

    return inject
