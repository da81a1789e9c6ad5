"""The releases that `make test-versions` tries are the ones that the plugin names."""

import yaml

from dev import release, versions


def test_the_oldest_release_that_is_tried_is_the_one_that_the_plugin_requires():
    oldest, *_, newest = versions.PINS
    minor = oldest.rpartition(".")[0]
    manifest = yaml.safe_load((release.ROOT / "fiftyone.yml").read_text())

    def text(name):
        return (release.ROOT / name).read_text()

    assert manifest["fiftyone"]["version"] == f">={minor}"
    assert f"fiftyone>={minor}\n" in text("requirements.txt")
    assert f"FiftyOne {minor} " in text("README.md")
    assert f"fiftyone=={newest}\n" in text("requirements-dev.txt")


def test_the_flow_is_of_tests_that_exist():
    for test in versions.FLOW:
        path, _, name = test.partition("::")
        assert (release.ROOT / path).exists()
        assert not name or f"def {name}(" in (release.ROOT / path).read_text()
