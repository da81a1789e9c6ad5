"""Through the App's server, only clusters that the site has named are joined."""

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


def refusal(name, dataset, from_python, **params):
    """Returns the sentence that an operator is refused with."""
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
        refusal(name, dataset, False, **address)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_server_joins_a_cluster_that_the_site_names(name, dataset, monkeypatch):
    pytest.importorskip("ray", reason="Ray is not installed: it is an extra")
    monkeypatch.setenv("DUPLICATES_RAY_ADDRESSES", f"{ELSEWHERE}, {NOWHERE}")
    told = refusal(name, dataset, False, address="10.0.0.1:6379")
    assert f"address: expected {ELSEWHERE} or {NOWHERE}, got '10.0.0.1:6379'" in told
    told = refusal(name, dataset, False, address=NOWHERE)
    assert f"expected a Ray cluster that answers, got {NOWHERE}" in told


def test_without_an_address_the_server_joins_the_first(dataset, monkeypatch):
    pytest.importorskip("ray", reason="Ray is not installed: it is an extra")
    monkeypatch.setenv("DUPLICATES_RAY_ADDRESSES", ELSEWHERE)
    monkeypatch.setenv("RAY_ADDRESS", NOWHERE)
    told = refusal("find_duplicates", dataset, False)
    assert f"expected a Ray cluster that answers, got {NOWHERE}" in told


def test_python_code_names_any_cluster(dataset):
    pytest.importorskip("ray", reason="Ray is not installed: it is an extra")
    told = refusal("find_duplicates", dataset, True, address=NOWHERE)
    assert told.startswith(
        f"address: expected a Ray cluster that answers, got {NOWHERE}"
    )
    told = refusal("find_duplicates", dataset, True)
    assert "DUPLICATES_RAY_START=1 in the environment" in told


def test_a_queued_call_is_none_of_python(dataset):
    import fiftyone.operators as foo
    from fiftyone.operators.executor import ExecutionError

    operator = foo.get_operator(URI + "find_duplicates")
    with pytest.raises(ExecutionError, match="a Ray cluster named in RAY_ADDRESS"):
        operator(dataset, delegate=True, **ASKED, address=NOWHERE)
