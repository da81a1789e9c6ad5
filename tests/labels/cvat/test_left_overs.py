"""The remains of trips on a server, and trips whose server has a new address."""

import cvat_data
import pytest


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(2))


def lose_the_project(method, path, n):
    is_project = (method, path) == ("POST", "/api/projects")
    return "cut after" if is_project and n == 0 else None


def test_a_project_whose_reply_was_lost_is_deleted(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError

    cvat.fault = lose_the_project
    with pytest.raises(CvatError):
        cvat_data.send_all(dataset, account, project_name="street")
    assert cvat.projects == {}


@pytest.mark.parametrize("reason", ["another owner", "other classes", "there before"])
def test_a_project_of_that_name_that_is_not_of_the_trip_is_kept(
    reason, dataset, account, cvat
):
    from duplicates.iou_core.errors import CvatError

    if reason == "there before":
        labels = cvat._make_labels([{"name": "cat", "attributes": []}], None)
        cvat.projects[7] = {"id": 7, "name": "street", "labels": labels}

    def fault(method, path, n):
        if (method, path) == ("POST", "/api/tasks"):
            return 500
        for project in cvat.projects.values():
            if reason == "another owner":
                project["owner"] = {"id": 1, "username": "admin"}
            elif reason == "other classes":
                project["labels"][0]["attributes"] = []
        return lose_the_project(method, path, n)

    cvat.fault = fault
    with pytest.raises(CvatError):
        cvat_data.send_all(dataset, account, project_name="street")
    assert [project["name"] for project in cvat.projects.values()] == ["street"]
    assert cvat.tasks == {}


def test_labels_of_a_deleted_task_are_listed(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    key = cvat_data.send_all(dataset, account, task_size=1)
    del cvat.tasks[min(cvat.tasks)]
    found = load.preview(dataset, account, key).to_dict()
    reason = "is in a task that was deleted in CVAT"
    assert found["skipped"]["reasons"] == {reason: 3}
    listed = [label["label_id"] for label in found["skipped"]["labels"]]
    assert listed == [str(label_id) for label_id in list(cvat_data.stored(dataset))[:3]]


@pytest.fixture
def elsewhere(cvat):
    """The same server at another address."""
    from duplicates.labels.cvat.server.settings import Server

    url = cvat.url.replace("127.0.0.1", "localhost")
    return Server(url, cvat.username, cvat.password)


def test_a_trip_is_moved_to_a_new_address_of_its_server(
    dataset, account, elsewhere, cvat
):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import move, store

    key = cvat_data.send_all(dataset, account)
    cvat.delete(cvat.shapes()[0])
    assert move.move(dataset, elsewhere, key) == 1
    trip = store.require(dataset, key)
    assert trip["url"] == elsewhere.url
    dataset.reload()
    assert dataset.get_annotation_info(key).config.url == elsewhere.url
    assert load.load(dataset, elsewhere, key).written.count == 1


@pytest.mark.parametrize(
    ("name", "words"), [("another", "got 'another'"), (None, "the 1 task of the trip")]
)
def test_a_trip_is_not_moved_to_another_server(
    name, words, dataset, account, elsewhere, cvat
):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.trips import move, store

    key = cvat_data.send_all(dataset, account)
    (task,) = cvat.tasks.values()
    if name is None:
        cvat.tasks.clear()
    else:
        task["name"] = name
    with pytest.raises(CvatError, match=words):
        move.move(dataset, elsewhere, key)
    assert store.require(dataset, key)["url"] == account.url
