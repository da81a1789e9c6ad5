"""Tasks and runs that are deleted, renamed or replaced by others."""

import cvat_data
import pytest
from cvat_trips import nothing_here, send_all

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("short_waits")]


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(2))


def test_a_deleted_task_deletes_no_label(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import removal, trips

    send_all(dataset, account)
    before = cvat_data.fields(dataset)
    cvat.tasks.clear()
    with pytest.raises(CvatError, match="got deleted tasks"):
        load.load(dataset, account, "trip")
    assert cvat_data.fields(dataset) == before
    (listed,) = trips.list_trips(dataset, lambda url: account)
    assert listed["jobs"] is None
    assert "a deleted task" in listed["problem"]
    removal.discard(dataset, account, "trip")
    assert nothing_here(dataset)


def test_labels_of_one_deleted_task_of_two_are_skipped(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    send_all(dataset, account, task_size=1)
    first, second = list(cvat.tasks)
    del cvat.tasks[first]
    cvat.delete(cvat.shapes(second)[0])
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.count == 1
    reasons = loaded.preview.comparison.skipped
    assert reasons == {"is in a task that was deleted in CVAT": 3}


def test_a_failed_discard_can_be_repeated(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.trips import removal

    send_all(dataset, account)
    cvat.fault = lambda method, path, n: 500 if method == "DELETE" else None
    with pytest.raises(CvatError):
        removal.discard(dataset, account, "trip")
    cvat.fault = lambda *_: None
    assert removal.discard(dataset, account, "trip") == 1
    assert cvat.tasks == {}
    assert nothing_here(dataset)


def _reuse_key(dataset):
    """Deletes the annotation run of the trip, and gives its key to a user's own."""
    from fiftyone.utils.cvat import CVATBackendConfig

    dataset.reload()
    dataset.delete_annotation_run("trip")
    config = CVATBackendConfig("cvat", {}, task_name="my own task")
    config.build().register_run(dataset, "trip")
    dataset.reload()


@pytest.mark.parametrize("ending", ["discarded", "deleted", "erased"])
def test_a_users_own_run_that_reuses_the_key_of_a_trip_is_kept(
    ending, dataset, account, cvat
):
    from duplicates.labels.cvat.trips import erase, removal

    send_all(dataset, account)
    dataset.reload()
    assert dataset.list_annotation_runs() == ["trip"]
    _reuse_key(dataset)
    if ending == "discarded":
        removal.discard(dataset, account, "trip")
        assert cvat.tasks == {}
    elif ending == "deleted":
        removal.delete_record(dataset, "trip")
    else:
        erase.delete_annotation_runs()
    dataset.reload()
    assert dataset.list_annotation_runs() == ["trip"]
    info = dataset.get_annotation_info("trip")
    assert info.config.task_name == "my own task"


def test_the_run_of_a_trip_is_deleted_with_it_if_it_was_renamed(dataset, account, cvat):
    from duplicates.labels.cvat.trips import removal

    send_all(dataset, account)
    dataset.reload()
    dataset.rename_annotation_run("trip", "renamed")
    removal.discard(dataset, account, "trip")
    assert nothing_here(dataset)


def test_a_failed_upload_keeps_a_users_own_run_that_reuses_its_key(
    dataset, account, cvat
):
    from duplicates.iou_core.errors import CvatError

    def fault(method, path, n):
        if method == "DELETE":
            return 500
        if path.endswith("/data"):
            _reuse_key(dataset)
            return 500
        return None

    cvat.fault = fault
    with pytest.raises(CvatError):
        send_all(dataset, account)
    cvat.fault = lambda *_: None
    dataset.reload()
    assert dataset.list_annotation_runs() == ["trip"]
    send_all(dataset, account, "next")
    dataset.reload()
    assert sorted(dataset.list_annotation_runs()) == ["next", "trip"]
