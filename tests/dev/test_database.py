"""The tests use their own FiftyOne, separate from any other."""

import pathlib

import fiftyone as fo


def test_fiftyone_uses_the_database_and_folder_of_the_tests(database):
    assert fo.config.database_uri == database
    assert fo.config.database_name.startswith("duplicates-tests-")
    assert not pathlib.Path(fo.config.plugins_dir).is_relative_to(pathlib.Path.home())


def test_fixtures_make_datasets_with_the_given_labels(make_dataset):
    dataset = make_dataset(
        [[("cat", [0.1, 0.1, 0.2, 0.2], {"confidence": 0.5})], [], None]
    )

    cats, empty, missing = dataset.values("ground_truth")
    assert [(cat.label, cat.confidence) for cat in cats.detections] == [("cat", 0.5)]
    assert empty.detections == []
    assert missing is None


def test_no_setting_of_the_user_is_read():
    import fiftyone.core.config as focc

    assert not pathlib.Path(focc.locate_config()).is_relative_to(pathlib.Path.home())
