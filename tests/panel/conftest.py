import panel_calls
import pytest


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(panel_calls.SAMPLES)


@pytest.fixture
def app(dataset):
    return panel_calls.App(dataset)


@pytest.fixture
def plan(app):
    """A request for the plan of a new scan: three labels in three samples."""
    return {
        "scan_key": panel_calls.scanned(app)["scan_key"],
        "iou_thresh": 0.75,
        "method": "simple",
        "keep": [],
        "metric": "iou",
        "classes": None,
    }
