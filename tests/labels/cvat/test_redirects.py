"""No request to CVAT follows a redirect, whatever it carries, and wherever it leads."""

import contextlib

import certificates
import cvat_data
import cvat_server
import pytest

from duplicates.iou_core.errors import CvatError
from duplicates.labels.cvat.load import load
from duplicates.labels.cvat.send import selection, send
from duplicates.labels.cvat.server.session import Client
from duplicates.labels.cvat.server.settings import Server
from duplicates.labels.cvat.trips import removal, store

CODES = (301, 302, 303, 307, 308)

TARGETS = {
    "another port": lambda elsewhere: elsewhere.url,
    "another host": lambda elsewhere: elsewhere.url.replace("127.0.0.1", "localhost"),
    "no scheme": lambda elsewhere: f"//{elsewhere.host}",
}

SENDING = {
    "the first question": ("GET", "/api/server/about"),
    "the login": ("POST", "/api/auth/login"),
    "a new task": ("POST", "/api/tasks"),
    "the images": ("POST", "/data"),
    "the labels": ("PUT", "/annotations"),
}


@pytest.fixture
def elsewhere():
    with cvat_server.Server() as server:
        yield server


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(1))


def post(dataset, account):
    ids = [str(_id) for _id in cvat_data.stored(dataset)]
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, label_ids=ids)
    return send.send(dataset, account, chosen, anno_key="trip")


def redirect(cvat, wanted, code, base):
    """Redirects the requests of one kind to the same path of another server."""
    method, end = wanted
    cvat.redirected = []

    def fault(asked, path, n):
        path = path.partition("?")[0]
        if asked != method or not path.rstrip("/").endswith(end):
            return None
        cvat.redirected.append(path)
        return "redirect", code, base + path

    cvat.fault = fault


def require_not_followed(cvat, elsewhere, account, work):
    with pytest.raises(CvatError, match="got a redirect to") as error:
        work()
    assert cvat.redirected
    assert elsewhere.log == []
    assert account.password not in str(error.value)


@pytest.mark.sampled(6)
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("what", SENDING)
def test_nothing_is_sent_to_where_the_server_redirects_while_sending(
    what, code, dataset, account, cvat, elsewhere
):
    names = list(TARGETS)
    target = names[(list(SENDING).index(what) + CODES.index(code)) % len(names)]
    redirect(cvat, SENDING[what], code, TARGETS[target](elsewhere))
    require_not_followed(cvat, elsewhere, account, lambda: post(dataset, account))


@pytest.mark.sampled(6)
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("code", CODES)
def test_nothing_is_sent_to_where_the_server_redirects_while_loading(
    code, target, dataset, account, cvat, elsewhere
):
    post(dataset, account)
    before = cvat_data.fields(dataset)
    base = TARGETS[target](elsewhere)
    redirect(cvat, ("GET", "/annotations"), code, base)
    work = lambda: load.load(dataset, account, "trip")  # noqa: E731
    require_not_followed(cvat, elsewhere, account, work)
    assert cvat_data.fields(dataset) == before

    (task_id,) = cvat.tasks
    redirect(cvat, ("DELETE", f"/tasks/{task_id}"), code, base)
    work = lambda: removal.discard(dataset, account, "trip")  # noqa: E731
    require_not_followed(cvat, elsewhere, account, work)
    assert store.find(dataset, "trip") is not None


@pytest.mark.sampled(6)
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("what", ["the login", "the images", "the labels"])
def test_nothing_is_sent_in_clear_where_an_encrypted_server_redirects(
    what, code, dataset, elsewhere, tmp_path
):
    path, context = certificates.make(tmp_path)
    with cvat_server.Server(tls=context) as cvat:
        account = Server(cvat.url, cvat.username, cvat.password, verify=str(path))
        redirect(cvat, SENDING[what], code, elsewhere.url)
        require_not_followed(cvat, elsewhere, account, lambda: post(dataset, account))
        cvat.fault = lambda *_: None
        assert post(dataset, account).labels == 3


@pytest.mark.parametrize(
    "address",
    [
        "@{host}/api/tasks",
        ":{port}/api/tasks",
        "http://{host}/api/tasks",
        "//{host}/api/tasks",
        "\\\\{host}/api/tasks",
        "@{host}",
        "api/tasks",
    ],
)
def test_every_address_in_a_reply_is_requested_from_the_chosen_server(
    address, account, cvat, elsewhere
):
    client = Client(account)
    host, port = elsewhere.host, elsewhere.host.partition(":")[2]
    before = len(cvat.log)
    with contextlib.suppress(CvatError):  # a path that the server does not have
        client.pages(address.format(host=host, port=port))
    assert elsewhere.log == []
    assert len(cvat.log) == before + 1
    cvat.refused.clear()
