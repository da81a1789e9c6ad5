"""Images, classes, users and labels that CVAT rejects are named."""

import cvat_data
import pytest
from cvat_trips import nothing_here, send_all

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("short_waits")]


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(2))


@pytest.mark.parametrize("broken", ["all missing", "no images"])
def test_an_image_that_cannot_be_read_is_named(broken, dataset, account, cvat):
    import pathlib

    from duplicates.iou_core.errors import CvatError

    path, *_ = paths = [pathlib.Path(each) for each in dataset.values("filepath")]
    for each in paths:
        if broken == "all missing":
            each.unlink()
        else:
            each.write_text("no image at all")
    with pytest.raises(CvatError, match="expected images that can be read") as caught:
        send_all(dataset, account)
    assert str(path) in str(caught.value)
    assert nothing_here(dataset)


def test_a_missing_image_is_not_sent_and_the_others_are(dataset, account, cvat):
    import pathlib

    from duplicates.labels.cvat.load import load

    pathlib.Path(dataset.first().filepath).unlink()
    before = cvat_data.fields(dataset)
    posted = send_all(dataset, account)
    assert (posted.upload.images, posted.labels) == (1, 3)
    assert posted.left.reasons == {"is in an image that does not exist": 3}
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == before


@pytest.mark.parametrize("name", [" cat", "cat ", "", "x" * 65, "c\0t"])
def test_a_class_that_cvat_rejects_is_named(name, make_images, account, cvat):
    from duplicates.iou_core.errors import CvatError

    dataset = make_images([[cvat_data.label(cvat_data.NEAR, name)]])
    with pytest.raises(CvatError, match="expected classes") as caught:
        send_all(dataset, account)
    assert repr(name) in str(caught.value)
    assert cvat.log == []


def test_labels_of_classes_that_cvat_rejects_are_not_sent_and_the_others_are(
    make_images, account, cvat
):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import trips

    names = [" cat", "", "x" * 65, "cat"]
    dataset = make_images([[cvat_data.label(cvat_data.NEAR, name) for name in names]])
    before = cvat_data.fields(dataset)
    posted = send_all(dataset, account)
    assert (posted.labels, posted.not_sent) == (1, 3)
    reasons = {
        "has the class ' cat', whose outer spaces CVAT removes": 1,
        "has a class without a name": 1,
        "has a class of more than 64 characters": 1,
    }
    assert posted.left.reasons == reasons
    (listed,) = trips.list_trips(dataset, lambda url: account)
    assert listed["left"] == {"count": 3, "reasons": reasons}
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == before


def test_a_mask_smaller_than_a_pixel_is_not_sent_and_is_named(
    make_images, account, cvat
):
    import fiftyone as fo
    import numpy as np

    packed = fo.Detection(mask=np.ones((2, 2), bool)).to_dict()["mask"]
    tiny = cvat_data.label([0.1, 0.1, 0.0001, 0.0001], mask=packed)
    dataset = make_images([[tiny, cvat_data.label(cvat_data.NEAR)]])
    posted = send_all(dataset, account)
    assert posted.labels == 1
    assert posted.left.reasons == {"has a mask smaller than a pixel": 1}


def test_an_existing_project_takes_the_labels_of_its_classes(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    labels = cvat._make_labels([{"name": "cat", "attributes": []}], None)
    cvat.projects[7] = {"id": 7, "name": "street", "labels": labels}
    before = cvat_data.stored(dataset)
    posted = send_all(dataset, account, project_name="street")
    assert posted.labels == 4
    assert posted.left.reasons == {"has a class that the project in CVAT lacks": 2}
    (label,) = cvat.projects[7]["labels"]
    assert [a["name"] for a in label["attributes"]] == ["label_id"]

    edited = next(iter(before))
    cvat.shape_of(edited)["points"] = [1.0, 2.0, 30.0, 40.0]
    cvat.complete()
    load.load(dataset, account, "trip", cleanup=True)
    after = cvat_data.stored(dataset)
    assert {k for k in before if before[k] != after[k]} == {edited}
    # the project was there before, and is not ours to delete
    assert list(cvat.projects) == [7]


@pytest.mark.parametrize("name", ["C# & co", "a+b", "50 %"])
def test_users_and_projects_are_found_with_any_characters_in_their_names(
    name, dataset, account, cvat
):
    cvat.users[9] = name
    for key in ("one", "two"):
        send_all(dataset, account, key, task_assignee=name, project_name=name)
    assert len(cvat.projects) == 1
    assert {t["assignee"]["id"] for t in cvat.tasks.values()} == {9}


def test_an_unknown_user_is_an_error_with_the_name(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError

    with pytest.raises(CvatError, match="got 'unknown'"):
        send_all(dataset, account, job_assignees="ann, unknown")
    assert cvat.tasks == {}
    send_all(dataset, account, job_assignees="ann, bob", task_assignee="ann")
    (task,) = cvat.tasks.values()
    assert task["assignee"] == {"id": 3}
