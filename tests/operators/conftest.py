import cvat_data
import fiftyone.operators as foo
import panel_calls
import pytest
from called import FIELD
from decision_calls import run


@pytest.fixture(autouse=True, scope="session")
def running_database(database):
    """Starts a database for every test of this folder."""


@pytest.fixture(autouse=True, scope="session")
def only_described_values(database):
    """Fails a call whose result has a value that its operator does not describe."""
    loaded = type(foo.get_operator("@iou/duplicates/find_duplicates")).__mro__[1]
    call = loaded.__call__

    def checked(self, *args, **kwargs):
        result = call(self, *args, **kwargs)
        if isinstance(result.result, dict) and not result.delegated:
            assert {*result.result} <= {*self.returns, "message"}, self.name_
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loaded, "__call__", checked)
        yield


@pytest.fixture
def dataset(make_dataset, tmp_path):
    """A dataset of images that exist, to be sent to CVAT."""
    dataset = make_dataset(panel_calls.SAMPLES)
    dataset.set_values("filepath", cvat_data.draw(tmp_path, len(dataset)))
    dataset.compute_metadata(num_workers=1, progress=False)
    return dataset


@pytest.fixture
def scan(dataset):
    """The key of a scan of ``dataset``."""
    return run("find_duplicates", dataset, label_field=FIELD)["scan_key"]
