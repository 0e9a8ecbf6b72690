"""`rewatt app`, started as a user starts it, on a machine whose settings say the contrary."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from geo.launch import Address, flags
from tests.geo.ui.running import Running, answers, free_port
from tests.geo.ui.session import Session, kind

ELSEWHERE = "127.0.0.2"
"""Another interface of this machine, as Linux has it."""

EVERYWHERE = "0.0.0.0"  # noqa: S104 - told so, which is what is tested

CONTRARY = {
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true",
    "STREAMLIT_SERVER_ADDRESS": EVERYWHERE,
    "STREAMLIT_SERVER_ENABLE_CORS": "false",
    "STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false",
    "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "500",
}
"""What a user's own settings of Streamlit may say; the command's own come first."""


class NotesWhoAsks(BaseHTTPRequestHandler):
    """A proxy that lets nothing out and notes what wanted to."""

    def refuse(self):
        self.server.asked.append(self.path)
        self.send_error(403)

    do_GET = do_POST = do_CONNECT = refuse  # noqa: N815 - the names it has

    def log_message(self, *_):
        pass


@pytest.fixture
def way_out():
    """Stand on the only way out of the machine: give the list of what was asked for."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), NotesWhoAsks)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def start(tmp_path, way_out):
    proxy = f"http://127.0.0.1:{way_out.server_port}"
    names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    environment = {**CONTRARY, **dict.fromkeys(names, proxy), "no_proxy": ""}
    with ExitStack() as started:

        def one(*arguments):
            port = free_port()
            command = [sys.executable, "-m", "geo", "app", "--port", port, *arguments]
            return started.enter_context(Running(command, port, tmp_path / "app.log", environment))

        yield one


@pytest.fixture
def browser_of():
    """Give what a page of the app itself has: its cookie, and what stands in it."""
    with ExitStack() as clients:

        def one(app):
            client = clients.enter_context(httpx.Client(base_url=app.url, trust_env=False))
            client.get("/_stcore/health")
            client.get("/_stcore/host-config")
            return client, client.cookies["_streamlit_xsrf"]

        yield one


def test_it_is_reached_from_this_machine_alone_sends_nothing_and_guards_uploads(
    start, way_out, browser_of
):
    app = start()
    assert not answers(app.port, ELSEWHERE)
    with Session(app.url) as user:
        first = user.run()
        assert first.exceptions == []
        assert not user.new_session.config.gather_usage_stats
        assert "accounts" not in app.said()
        session = user.new_session.initialize.session_id
        place = f"/_stcore/upload_file/{session}/one"
        client, token = browser_of(app)
        sent = {"file": ("sites.csv", b"name,lat,lon\n")}
        assert client.put(place, files=sent).status_code == 403
        assert client.put(place, files=sent, headers={"X-Xsrftoken": "forged"}).status_code == 403
        guard = {"X-Xsrftoken": token}
        assert client.put(place, files=sent, headers=guard).status_code == 204
        large = {"file": ("sites.csv", bytes(50 * 2**20 + 1))}
        assert client.put(place, files=large, headers=guard).status_code == 413
    assert way_out.asked == []


def test_pages_of_other_origins_and_names_are_shut_out_and_nobody_is_asked(start, way_out):
    app = start()
    with pytest.raises(InvalidStatus, match="403"):
        Session(app.url, origin="https://evil.example")
    with pytest.raises(InvalidStatus, match="403"):
        Session(app.url, name="evil.example")
    with Session(app.url, origin=app.url) as user:
        assert user.run().exceptions == []
    assert way_out.asked == []


def test_beyond_this_machine_it_warns_that_it_has_no_accounts_and_still_asks_nobody(start, way_out):
    app = start("--host", EVERYWHERE)
    assert answers(app.port, ELSEWHERE)
    with Session(app.url) as user:
        assert user.run().exceptions == []
    assert f"{EVERYWHERE} port {app.port} can use the app: it has no accounts" in app.said()
    assert way_out.asked == []


def test_behind_a_proxy_it_answers_to_the_name_and_the_path_that_users_type(start):
    app = start("--url", "https://sites.example.com/rewatt")
    health = httpx.get(f"{app.url}/rewatt/_stcore/health", trust_env=False)
    assert health.text == "ok"
    theirs = "https://sites.example.com"
    with Session(f"{app.url}/rewatt", origin=theirs, name="sites.example.com") as user:
        assert user.run().exceptions == []
    # a proxy that puts its own name for the app in the place of the users'
    with Session(f"{app.url}/rewatt", origin=theirs) as user:
        assert user.run().exceptions == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_and_leaves_the_port(start, how):
    app = start()
    with Session(app.url) as user:
        user.run()
        app.end(how)
    assert not answers(app.port)
    assert "Traceback" not in app.said()


def test_ctrl_c_is_no_failure(start):
    app = start()
    assert app.end(signal.SIGINT) == 0


def test_the_folder_of_data_reaches_the_app(start, tmp_path):
    folder = tmp_path / "of this team"
    app = start("--data", str(folder))
    with Session(app.url) as user:
        user.run()
        page = user.open("data")
    texts = [one.markdown.body for one in page.elements if kind(one) == "markdown"]
    assert f"Fetched and imported data are in {folder}." in texts


def test_a_taken_port_is_said_in_words(rewatt):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = rewatt("app", "--port", port)
    assert run.status == 1
    assert f"Cannot listen on localhost port {port}: Address already in use" in run.err
    assert "choose another with --port" in run.err


@pytest.mark.parametrize("host", ["no-such-host.invalid", "999.1.1.1"])
def test_a_host_that_is_none_is_said_in_words(rewatt, host):
    run = rewatt("app", "--host", host)
    assert run.status == 2
    assert f"`--host` is {host!r}" in run.err


def test_an_address_of_another_machine_is_said_in_words(rewatt):
    run = rewatt("app", "--host", "203.0.113.7")
    assert run.status == 1
    assert "Cannot listen on 203.0.113.7" in run.err


@pytest.mark.parametrize(
    "url",
    [
        "sites.example.com",
        "ftp://sites.example.com",
        "https://",
        "https://a.example:port",
        "https://a.example/?x=1",
    ],
)
def test_a_url_that_is_none_is_said_in_words(rewatt, url):
    run = rewatt("app", "--url", url)
    assert run.status == 2
    assert "expected the address that users type" in run.err


def test_without_streamlit_it_says_what_to_install(rewatt, monkeypatch):
    monkeypatch.setitem(sys.modules, "streamlit", None)
    run = rewatt("app")
    assert run.status == 1
    assert "Streamlit is not installed" in run.err


def test_nobody_sees_a_traceback_and_no_code_is_watched():
    told = flags(Address("localhost", 8501))
    assert "--client.showErrorDetails=none" in told
    assert "--server.fileWatcherType=none" in told
