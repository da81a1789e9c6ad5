"""Tasks and projects that are under the numbers of a trip's, and are not the trip's."""

import cvat_data
import pytest


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(2))


OTHERS = ["of a person", "of another trip", "with other images"]


def replace(task, other):
    """Makes a task another one, as after a server was set up anew."""
    task["name"] = "a person's task"
    if other == "of a person":
        for label in task["labels"]:
            label["attributes"] = []
    elif other == "of another trip":
        task["name"] = "duplicates_cvat_1 67417a2f4c1d2e3f40515250"
    else:
        task["frames"][0] |= {"width": 1280, "height": 960}


@pytest.mark.parametrize("other", OTHERS)
def test_another_task_under_the_number_of_one_is_not_deleted(
    other, dataset, account, cvat
):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.trips import removal, store

    key = cvat_data.send_all(dataset, account)
    (task,) = cvat.tasks.values()
    replace(task, other)

    with pytest.raises(CvatError, match="as it was sent, got another task"):
        removal.discard(dataset, account, key)
    assert len(cvat.tasks) == 1
    assert [trip.anno_key for trip in store.all_trips(dataset)] == [key]
    removal.delete_record(dataset, key)
    assert store.all_trips(dataset) == []


@pytest.mark.parametrize("other", OTHERS)
def test_another_task_under_the_number_of_one_is_not_loaded(
    other, dataset, account, cvat
):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load

    key = cvat_data.send_all(dataset, account)
    (task,) = cvat.tasks.values()
    replace(task, other)
    task["shapes"] = []

    before = cvat_data.fields(dataset)
    with pytest.raises(CvatError, match="as it was sent, got another task"):
        load.load(dataset, account, key, allow_mass_delete=True)
    assert cvat_data.fields(dataset) == before


def test_a_renamed_task_is_loaded_and_deleted(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    key = cvat_data.send_all(dataset, account)
    (task,) = cvat.tasks.values()
    task["name"] = "Ann, please look at these"
    cvat.delete(task["shapes"][0])
    cvat.complete()

    done = load.load(dataset, account, key, cleanup=True)
    assert (done.written.count, done.is_removed, cvat.tasks) == (1, True, {})


@pytest.mark.parametrize("name", ["street", "a person's project"])
def test_an_empty_project_is_deleted_unless_it_has_another_name(
    name, dataset, account, cvat
):
    from duplicates.labels.cvat.trips import removal

    key = cvat_data.send_all(dataset, account, project_name="street")
    (project,) = cvat.projects.values()
    project["name"] = name
    removal.discard(dataset, account, key)
    assert len(cvat.projects) == (0 if name == "street" else 1)
    assert cvat.tasks == {}
