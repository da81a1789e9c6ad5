"""The App's server joins only clusters that its environment names."""

import panel_calls
import pytest

URI = "@iou/duplicates/"
NOWHERE, ELSEWHERE = "127.0.0.1:9", "127.0.0.1:10"
ASKED = {"label_field": "ground_truth", "engine": "ray"}
NAMES = ["find_duplicates", "compute_max_ious", "tag_duplicates"]


@pytest.fixture
def dataset(make_dataset, monkeypatch):
    for name in ("RAY_ADDRESS", "DUPLICATES_RAY_ADDRESSES", "DUPLICATES_RAY_START"):
        monkeypatch.delenv(name, raising=False)
    return make_dataset(panel_calls.SAMPLES)


def error_of(name, dataset, from_python, **params):
    """Returns the error message of an operator."""
    import fiftyone.operators as foo
    from fiftyone.operators.executor import ExecutionError

    def through_server():
        ctx = {"dataset": dataset}
        foo.execute_operator(URI + name, ctx, params={**ASKED, **params})

    def in_python():
        foo.get_operator(URI + name)(dataset, **ASKED, **params)

    with pytest.raises(ExecutionError) as error:
        (in_python if from_python else through_server)()
    return str(error.value)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("address", [{}, {"address": NOWHERE}], ids=["none", "one"])
def test_the_server_joins_no_cluster_and_starts_none(
    name, dataset, address, monkeypatch
):
    monkeypatch.setenv("DUPLICATES_RAY_START", "1")
    assert "expected a Ray cluster named in RAY_ADDRESS or DUPLICATES_RAY_ADD" in (
        error_of(name, dataset, False, **address)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_server_joins_a_cluster_that_its_environment_names(
    name, dataset, monkeypatch
):
    pytest.importorskip("ray", reason="Ray, an optional package, is not installed")
    monkeypatch.setenv("DUPLICATES_RAY_ADDRESSES", f"{ELSEWHERE}, {NOWHERE}")
    message = error_of(name, dataset, False, address="10.0.0.1:6379")
    assert f"address: expected {ELSEWHERE} or {NOWHERE}, got '10.0.0.1:6379'" in message
    message = error_of(name, dataset, False, address=NOWHERE)
    assert f"expected a Ray cluster that answers, got {NOWHERE}" in message


def test_without_an_address_the_server_joins_the_first_cluster(dataset, monkeypatch):
    pytest.importorskip("ray", reason="Ray, an optional package, is not installed")
    monkeypatch.setenv("DUPLICATES_RAY_ADDRESSES", ELSEWHERE)
    monkeypatch.setenv("RAY_ADDRESS", NOWHERE)
    message = error_of("find_duplicates", dataset, False)
    assert f"expected a Ray cluster that answers, got {NOWHERE}" in message


def test_python_code_can_name_any_cluster(dataset):
    pytest.importorskip("ray", reason="Ray, an optional package, is not installed")
    message = error_of("find_duplicates", dataset, True, address=NOWHERE)
    assert message.startswith(
        f"address: expected a Ray cluster that answers, got {NOWHERE}"
    )
    message = error_of("find_duplicates", dataset, True)
    assert "DUPLICATES_RAY_START=1 in the environment" in message


def test_a_queued_call_does_not_count_as_python(dataset):
    import fiftyone.operators as foo
    from fiftyone.operators.executor import ExecutionError

    operator = foo.get_operator(URI + "find_duplicates")
    with pytest.raises(ExecutionError, match="a Ray cluster named in RAY_ADDRESS"):
        operator(dataset, delegate=True, **ASKED, address=NOWHERE)


def test_the_server_starts_few_processes(dataset):
    many = {"engine": "processes", "workers": 4096}
    message = error_of("find_duplicates", dataset, False, **many)
    assert "workers: expected a number of workers from 1 to " in message
