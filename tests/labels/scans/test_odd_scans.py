"""Runs that say they are scans, as a dataset of a stranger may bring them."""

import json

import fiftyone as fo
import fiftyone.core.odm as foo
import pytest

from duplicates.iou_core.errors import NewerError, NoScanError, ScanError
from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import register, search
from duplicates.labels.scans import stored as scans

BOX = [0.1, 0.1, 0.4, 0.4]
ODD = (5, "x", None, [], {}, [{}], True)


@pytest.fixture
def dataset(make_dataset):
    return make_dataset([[("car", BOX), ("car", BOX)]])


def change(dataset, **values):
    foo.get_db_conn()["runs"].update_one(
        {"_dataset_id": dataset._doc.id, "key": "scan"}, {"$set": values}
    )


def damaged(config, shape):
    """Yields a config with each of its values missing, or of another type."""
    for name, expected in shape.items():
        if isinstance(expected, dict):
            for part in damaged(config[name], expected):
                yield {**config, name: part}
            expected = dict
        elif not isinstance(None, expected):
            yield {key: value for key, value in config.items() if key != name}
        for odd in ODD:
            if not isinstance(odd, expected):
                yield {**config, name: odd}


def test_a_run_of_another_form_is_no_scan(dataset):
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    config = next(register.scan_runs(dataset))["config"]
    shape = {**register._SHAPE, "format": int}
    found = [one for one in damaged(config, shape) if one.get("format") is not True]
    assert len(found) > 100
    for odd in found:
        if odd.get("format") == 5:
            continue  # of a newer version
        change(dataset, config=odd)
        assert scans.list_scans(dataset) == []
        with pytest.raises(NoScanError):
            scans.open_scan(dataset, "scan")
    change(dataset, config={"method": register.METHOD, "format": 5})
    with pytest.raises(NewerError):
        scans.list_scans(dataset)
    change(dataset, config=config)
    assert scans.open_scan(dataset, "scan").key == "scan"


def stages_with(folder):
    """Returns stages that make a folder, if FiftyOne builds them."""
    call = {"_cls": "os.mkdir", "kwargs": [["path", folder]]}
    limit = {"_cls": "fiftyone.core.stages.Limit", "kwargs": [["limit", 1]]}
    both = [["samples", [limit, call]]]
    concat = {"_cls": "fiftyone.core.stages.Concat", "kwargs": both}
    other = {"_cls": "fiftyone.core.stages.fou.fill_patterns", "kwargs": []}
    module = {"_cls": "fiftyone.core.stages.deepcopy", "kwargs": [["x", 1]]}
    return [call], [limit, concat], [other], [module], [{"kwargs": []}], [5]


def test_a_view_runs_nothing_but_stages_of_fiftyone(dataset, tmp_path):
    search.find_duplicates(dataset.limit(1), FindParams("ground_truth"), "scan")
    assert len(scans.open_scan(dataset, "scan").view()) == 1
    folder = tmp_path / "made"
    for stages in stages_with(str(folder)):
        change(dataset, view_stages=list(map(json.dumps, stages)))
        with pytest.raises(ScanError, match="a scan of a view that can still be made"):
            scans.open_scan(dataset, "scan").view()
        assert not folder.exists()
    change(dataset, view_stages=["{", "5"])
    with pytest.raises(ScanError):
        scans.open_scan(dataset, "scan").view()


def test_a_view_of_each_kind_of_stages_can_be_made_again(dataset):
    view = dataset.limit(1).concat(dataset.match(fo.ViewField("_cls") != "x"))
    view = view.sort_by(fo.ViewField("ground_truth.detections").length())
    search.find_duplicates(view, FindParams("ground_truth"), "scan")
    assert scans.open_scan(dataset, "scan").view()._stages == view._stages
