"""Loads that would remove every label of an object."""

import cvat_data
import pytest


@pytest.fixture
def emptied_trip(make_images, account, cvat):
    """A trip whose first image lost both labels of its pair in CVAT."""
    dataset = make_images(cvat_data.pairs(2))
    key = cvat_data.send_all(dataset, account)
    both = list(cvat_data.stored(dataset))[:2]
    for label_id in both:
        cvat.delete(cvat.shape_of(label_id))
    return dataset, key, both


def test_a_load_that_empties_an_object_must_be_allowed(emptied_trip, account):
    from duplicates.iou_core.errors import ParamsError
    from duplicates.labels.cvat.load import load

    dataset, key, both = emptied_trip
    before = cvat_data.fields(dataset)
    assert load.preview(dataset, account, key).to_dict()["emptied"] == 1

    words = "allow_emptied: expected True, as 1 object would lose every label, got"
    with pytest.raises(ParamsError, match=words):
        load.load(dataset, account, key, emptied=0)
    assert cvat_data.fields(dataset) == before

    assert load.load(dataset, account, key, emptied=1).written.count == 2
    left = cvat_data.stored(dataset)
    assert len(left) == 4
    assert not left.keys() & set(both)


def test_the_allowance_is_for_the_number_of_objects_that_was_shown(
    emptied_trip, account, cvat
):
    from duplicates.iou_core.errors import ParamsError
    from duplicates.labels.cvat.load import load

    dataset, key, _ = emptied_trip
    before = cvat_data.fields(dataset)
    for label_id in list(cvat_data.stored(dataset))[3:5]:
        cvat.delete(cvat.shape_of(label_id))
    with pytest.raises(ParamsError, match="2 objects would lose every label"):
        load.load(dataset, account, key, emptied=1, allow_mass_delete=True)
    assert cvat_data.fields(dataset) == before


def test_an_object_over_which_a_label_was_drawn_is_not_emptied(
    emptied_trip, account, cvat
):
    from duplicates.labels.cvat.load import load

    dataset, key, both = emptied_trip
    cvat.draw(0, "cat", [60, 40, 270, 250])
    assert load.preview(dataset, account, key).emptied == 0
    assert load.load(dataset, account, key, emptied=0).written.count == 3
    assert not cvat_data.stored(dataset).keys() & set(both)
