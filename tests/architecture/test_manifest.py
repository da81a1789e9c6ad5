"""The manifest lists what is registered; the host silently drops any mismatch."""

import fiftyone.operators as foo
import fiftyone.plugins as fop
import pytest
import yaml
from fiftyone.operators.registry import OperatorRegistry
from fiftyone.plugins.context import build_plugin_contexts

from dev import release
from duplicates import operators, register

PLUGIN = "@iou/duplicates"


@pytest.fixture(scope="module")
def manifest():
    return yaml.safe_load((release.ROOT / "fiftyone.yml").read_text())


class Registry:
    """Records what a plugin registers, in place of the host."""

    def __init__(self):
        self.names = []

    def register(self, cls):
        self.names.append(cls().name if not hasattr(cls, "name_") else cls.name_)


def test_the_manifest_lists_what_is_registered_in_the_same_order(manifest):
    registry = Registry()
    register(registry)
    listed = [*manifest["operators"], *manifest.get("panels", [])]

    assert registry.names == listed
    assert len(set(listed)) == len(listed)
    assert [cls.name_ for cls in operators.OPERATORS] == manifest["operators"]


def test_the_host_has_every_operator_and_panel_of_a_release(manifest, database):
    found = foo.list_operators(type="operator")
    mine = {operator.name for operator in found if operator.plugin_name == PLUGIN}
    panels = {
        panel.name
        for panel in foo.list_operators(type="panel")
        if panel.plugin_name == PLUGIN
    }

    assert mine == set(manifest["operators"])
    assert panels == set(manifest.get("panels", []))
    for name in mine:
        assert foo.get_operator(f"{PLUGIN}/{name}").uri == f"{PLUGIN}/{name}"


def test_the_host_reports_no_error_for_the_plugin(database):
    problems = [
        error
        for context in build_plugin_contexts(enabled=True)
        if context.name == PLUGIN
        for error in context.errors
    ]

    assert problems == []
    assert OperatorRegistry().operator_exists(f"{PLUGIN}/find_duplicates")


def test_the_plugin_is_listed_with_the_fields_of_its_manifest(manifest, database):
    plugin = fop.get_plugin(PLUGIN)

    assert plugin.name == manifest["name"] == PLUGIN
    # the host counts panels among the operators
    listed = manifest["operators"] + manifest.get("panels", [])
    assert sorted(plugin.operators) == sorted(listed)
    assert manifest["version"]


def test_every_operator_has_a_label_and_a_description(database):
    for cls in operators.OPERATORS:
        config = foo.get_operator(f"{PLUGIN}/{cls.name_}").config
        assert config.label[0].isupper()
        assert len(config.description) > 10
        assert not config.description.endswith(".")
        assert config.icon
        # older releases of FiftyOne have no RiskLevel
        assert type(cls.risk) is str
        assert not config.execute_as_generator, "a generator's result is lost"


@pytest.mark.parametrize(
    "name",
    ["compute_max_ious", "find_duplicates", "tag_duplicates", "delete_duplicates"],
)
def test_long_work_can_be_delegated(name, database):
    config = foo.get_operator(f"{PLUGIN}/{name}").config

    assert config.allow_delegated_execution
    assert config.allow_immediate_execution
