"""Accounts are sent only to their own server, and never in clear over a network."""

import fiftyone as fo
import pytest

from duplicates.iou_core.errors import CvatError
from duplicates.labels.cvat.server import settings

ACCOUNT = {settings.USERNAME: "ann", settings.PASSWORD: "secret-of-ann"}
MINE = "https://cvat.example.org"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """An environment and a FiftyOne configuration without CVAT."""
    default = {"url": settings.PUBLIC_CLOUD}
    monkeypatch.setitem(fo.annotation_config.backends, "cvat", default)
    account = settings.URL, settings.USERNAME, settings.PASSWORD
    for name in (*account, settings.VERIFY):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def resolve(url=None, **secrets):
    server = settings.resolve({**ACCOUNT, **secrets}.get, url)
    return server.url, server.username, server.password


def test_the_account_is_sent_to_the_configured_server():
    assert resolve(**{settings.URL: MINE}) == (MINE, "ann", "secret-of-ann")
    assert resolve(MINE + "/", **{settings.URL: MINE})[0] == MINE


@pytest.mark.parametrize(
    "url",
    [
        "https://attacker.example",
        "https://cvat.example.org:8443",
        "https://cvat.example.org.attacker.example",
        "http://127.0.0.1:8080",
        "https://cvat-example.org",
    ],
)
@pytest.mark.parametrize("configured", [{settings.URL: MINE}, {}], ids=["url", "none"])
def test_the_account_is_sent_to_no_other_server(url, configured):
    with pytest.raises(CvatError, match="as the configured one is for") as error:
        resolve(url, **configured)
    assert "secret-of-ann" not in str(error.value)


def test_without_a_url_the_account_is_for_fiftyones_default_where_it_is_named():
    assert resolve(settings.PUBLIC_CLOUD)[1] == "ann"
    with pytest.raises(CvatError, match="used only if you name it"):
        resolve()


def test_another_server_needs_its_own_account(environment):
    environment.setenv("DUPLICATES_CVAT_USERNAME_CVAT_MY__SITE_ORG___8443", "bob")
    environment.setenv("DUPLICATES_CVAT_PASSWORD_CVAT_MY__SITE_ORG___8443", "b-secret")
    environment.setenv("DUPLICATES_CVAT_VERIFY_CVAT_MY__SITE_ORG___8443", "/ca.pem")
    url = "https://cvat.my-site.org:8443"
    assert resolve(url, **{settings.URL: MINE}) == (url, "bob", "b-secret")
    assert settings.resolve(ACCOUNT.get, url).verify == "/ca.pem"
    for other in ("https://cvat.my-site.org", "https://cvat.my.site.org:8443"):
        with pytest.raises(CvatError, match="DUPLICATES_CVAT_USERNAME_CVAT_MY_"):
            resolve(other)


def test_no_two_hosts_share_a_variable():
    hosts = ["a.b", "a-b", "a.b:1", "a.b.1", "a-b-1", "a--b", "a.b-1", "xn--a.b", "a.1"]
    names = {settings.variable("USERNAME", host) for host in hosts}
    assert len(names) == len(hosts)
    for host in ("a_b", "-a", "a-.b", "a..b", "a.b.", "a:b", "[::1]:80", "ä.org", ""):
        with pytest.raises(CvatError, match="a host of letters"):
            settings.variable("USERNAME", host)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080"]
)
def test_http_is_allowed_on_this_machine(url):
    assert resolve(**{settings.URL: url})[0] == url


@pytest.mark.parametrize(
    "url", ["http://cvat.lan:8080", "http://10.0.0.1", "http://127.0.0.1.example"]
)
def test_http_to_another_machine_needs_a_setting(url, environment):
    with pytest.raises(CvatError, match="DUPLICATES_CVAT_ALLOW_HTTP, as http sends"):
        resolve(**{settings.URL: url})
    host = url.removeprefix("http://")
    environment.setenv("DUPLICATES_CVAT_ALLOW_HTTP", f"other.lan {host}")
    assert resolve(**{settings.URL: url})[0] == url


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(code, cvat, account):
    import cvat_server

    from duplicates.labels.cvat.server.preflight import preflight
    from duplicates.labels.cvat.server.session import Client

    with cvat_server.Server() as elsewhere:
        to = f"{elsewhere.url}/api/auth/login"
        cvat.fault = lambda method, path, n: ("redirect", code, to)
        for talk in (preflight, Client):
            with pytest.raises(CvatError, match="got a redirect to"):
                talk(account)
        assert elsewhere.log == []
