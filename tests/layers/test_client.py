"""The client keeps to its origin, its time and its size, whatever a server sends."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from layers._answer import (
    Answer,
    DeadServiceError,
    ElsewhereError,
    FetchError,
    redirected,
    retry_after,
)
from layers._http import Client, Limits
from layers._ranges import get_part
from tests.layers.raw_server import plain, serving

REFUSED = (DeadServiceError, ElsewhereError)
ONCE = Limits(attempts=1, first_wait_seconds=0.01, request_seconds=5)
HERE = "https://example.org/a?b=1"


def to(location, status=302):
    return Answer(status, b"", "", location, None)


@pytest.mark.parametrize(
    ("url", "location"),
    [
        (HERE, "https://example.org/c"),
        (HERE, "https://example.org:443/c"),
        ("http://example.org/a", "https://example.org/c"),
        ("http://example.org:8000/a", "http://example.org:8000/c"),
    ],
)
def test_what_stays_where_it_is_or_becomes_safer_is_followed(url, location):
    assert redirected("GET", url, to(location)) == location


@pytest.mark.parametrize(
    ("url", "location", "words"),
    [
        (HERE, "http://example.org/a", "another scheme, port or user"),
        (HERE, "https://example.org:8443/a", "another scheme, port or user"),
        (HERE, "https://me:secret@example.org/a", "another scheme, port or user"),
        (HERE, "https://example.com/a", "another host, example.com"),
        (HERE, "https://example.org.example.com/a", "another host"),
        (HERE, "ftp://example.org/a", "another scheme, port or user"),
        (HERE, "javascript:alert(1)", "another host"),
        (HERE, "data:,x", "another host"),
        (HERE, "https://example.org:99999/", "is no address"),
        (HERE, "https://[::1", "is no address"),
        ("http://example.org:8000/a", "https://example.org/a", "another scheme, port or user"),
        ("http://example.org/a", "https://example.org:8443/a", "another scheme, port or user"),
    ],
)
def test_what_leads_elsewhere_is_refused(url, location, words):
    with pytest.raises(ElsewhereError, match=words) as failed:
        redirected("GET", url, to(location))
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_form_is_not_lost_on_the_way(status):
    """RFC 9110, section 15.4: after these the method may become GET, without the body."""

    def answer(_request):
        return plain(b"", f"{status} Moved", Location="/there")

    with (
        serving(answer) as (url, asked),
        Client(ONCE) as http,
        pytest.raises(ElsewhereError, match=f"redirects a form with {status}"),
    ):
        http.post(f"{url}/here", {"data": "x"}, expect="json")
    assert len(asked) == 1


@pytest.mark.parametrize("status", [307, 308])
def test_a_form_is_sent_again_where_it_is_asked_for_again(status):
    def answer(request):
        moved = plain(b"", f"{status} Moved", Location="/there")
        return moved if request.startswith(b"POST /here") else plain()

    with serving(answer) as (url, asked), Client(ONCE) as http:
        assert http.post(f"{url}/here", {"data": "x"}, expect="json").url == f"{url}/there"
    assert [one.split(b" HTTP")[0] for one in asked] == [b"POST /here", b"POST /there"]
    assert all(one.endswith(b"data=x") for one in asked)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:99999/", "javascript:alert(1)", "data:,x", "http://xn--/",
        "http://[::1", "http://127.0.0.1:1:1/", "//", "http:///", "\x80", "http://a\x01b/",
    ],
)  # fmt: skip
def test_no_location_brings_the_client_down(location):
    def answer(_request):
        return plain(b"", "302 Found", Location=location)

    with (
        serving(answer) as (url, _),
        Client(ONCE) as http,
        pytest.raises(REFUSED, match=r"redirect|cannot be read"),
    ):
        http.get(url, expect="json")


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120), (None, None), ("²", None), ("soon", None), ("-1", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 01 Jan 99999 00:00:00 GMT", None),
    ],
)  # fmt: skip
def test_how_long_a_server_asks_to_wait_is_read(told, seconds):
    """RFC 9110, section 10.2.3: ASCII digits, or a date."""
    assert retry_after(told) == seconds


def test_a_date_to_come_is_a_wait():
    told = retry_after(format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True))
    assert told == pytest.approx(3600, abs=60)


def test_headers_that_trickle_end_with_the_time():
    """Every byte comes well within the time-out of one read: only the whole takes too long."""

    sent = []

    def trickle():
        yield b"HTTP/1.1 200 OK\r\n"
        for number in range(200):
            sent.append(number)
            yield b"X-%d: x\r\n" % number

    limits = Limits(attempts=1, request_seconds=0.5)
    with (
        serving(lambda _request: (trickle(), 0.05)) as (url, _),
        Client(limits) as http,
        pytest.raises(DeadServiceError, match="too slow"),
    ):
        http.get(url, expect="json")
    assert len(sent) < 200, "the server could say all it had to say"


def test_a_body_without_a_length_is_not_whole_where_its_time_ended_it():
    def answer(_request):
        return [b"HTTP/1.0 200 OK\r\n\r\n{}", *([b" "] * 200)], 0.05

    limits = Limits(attempts=1, request_seconds=0.5)
    with (
        serving(answer) as (url, _),
        Client(limits) as http,
        pytest.raises(DeadServiceError, match="too slow"),
    ):
        http.get(url, expect="json")


def test_a_second_request_is_watched_as_the_first(web):
    """The connection is kept between them: the second makes none that could be learnt of."""
    url = web.endpoint("eia_pipelines")
    with Client(Limits(attempts=1, request_seconds=1)) as http:
        http.get(url, {"f": "json"}, expect="json")
        web.misbehave("FeatureServer", "trickle")
        with pytest.raises(DeadServiceError, match="too slow"):
            http.get(url, {"f": "json"}, expect="json")


WHOLE = gzip.compress(b'{"a": 1}', mtime=0)


@pytest.mark.parametrize(
    ("body", "coding", "words"),
    [
        (WHOLE[:-8], "gzip", "expected whole gzip"),
        (WHOLE[:-1], "gzip", "expected whole gzip"),
        (WHOLE + b"more", "gzip", "expected whole gzip"),
        (b"{}", "gzip", "cannot be unpacked"),
        (
            gzip.compress(WHOLE, mtime=0),
            "gzip, gzip",
            "packed as 'gzip, gzip', expected gzip, once",
        ),
        (b"{}", "br", "packed as 'br', expected gzip"),
    ],
)
def test_what_is_packed_otherwise_or_cut_is_refused(body, coding, words):
    """RFC 1952, section 2.3.1: a member ends with eight bytes, CRC and size."""

    def answer(_request):
        return plain(body, Content_Encoding=coding)

    with (
        serving(answer) as (url, _),
        Client(ONCE) as http,
        pytest.raises(DeadServiceError, match=words),
    ):
        http.get(url, expect="bytes")


def test_what_is_packed_once_is_unpacked():
    def answer(_request):
        return plain(WHOLE, Content_Encoding="GZIP")

    with serving(answer) as (url, _), Client(ONCE) as http:
        assert http.get(url, expect="json").json() == {"a": 1}


def test_json_nested_too_deep_is_refused():
    def answer(_request):
        return plain(b"[" * 200_000 + b"]" * 200_000)

    with (
        serving(answer) as (url, _),
        Client(ONCE) as http,
        pytest.raises(DeadServiceError, match="nested too deep"),
    ):
        http.get(url, expect="json")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTP_PROXY", "socks5://127.0.0.1:1080"),
        ("ALL_PROXY", "nonsense://secret"),
        ("https_proxy", "http://[::1"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_by_its_variable(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(FetchError, match=f"proxy that {variable} names") as failed, Client():
        pass
    assert "secret" not in str(failed.value)


def test_the_size_of_all_answers_together_is_limited(web):
    url = web.endpoint("eia_pipelines")
    with Client(ONCE) as http:
        one = len(http.get(url, {"f": "json"}, expect="json").content)
    with Client(Limits(attempts=1, most_mb=1.5 * one / 1e6)) as http:
        http.get(url, {"f": "json"}, expect="json")
        with pytest.raises(FetchError, match="MB came, the limit"):
            http.get(url, {"f": "json"}, expect="json")


def test_no_request_begins_after_the_time_limit(web):
    words = "time limit of 1e-09 minutes is used up"
    with (
        Client(Limits(attempts=1, most_minutes=1e-9)) as http,
        pytest.raises(FetchError, match=words),
    ):
        http.get(web.endpoint("eia_pipelines"), expect="json")
    assert web.asked() == []


def test_a_part_with_numbers_past_all_files_is_no_part():
    """Python reads at most 4,300 digits as a number, and says so with an error of its own."""
    long = "9" * 5000

    def answer(_request):
        return plain(b"ab", "206 Partial Content", Content_Range=f"bytes 0-1/{long}")

    with (
        serving(answer) as (url, _),
        Client(ONCE) as http,
        pytest.raises(DeadServiceError, match="does not serve parts of files"),
    ):
        get_part(http, url, 0, 2)
