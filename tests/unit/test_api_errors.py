"""Every way the API can fail is one plain line that says what to change."""

from __future__ import annotations

import socket
import ssl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fink_tui.fink.answers import parse, rows_of
from fink_tui.fink.errors import ApiError, error_of_failure, error_of_reply, line_of_reply, said

HOST = "api.ztf.fink-portal.org"

# The bodies are those of fact sheets and of a clone of the server's code.
REPLIES = [
    (
        400,
        b"{'status': 'error', 'text': 'A value for `radius` is required. See https://api.ztf.fink-portal.org \\n'}",
        "says: A value for `radius` is required",
        "give that argument",
    ),
    (
        400,
        b"{'status': 'error', 'text': '`radius` cannot be bigger than 18,000 arcseconds (5 degrees).\\n'}",
        "cannot be bigger than 18,000 arcseconds (5 degrees)",
        "at most 18,000 arcsec",
    ),
    (
        400,
        b"{'status': 'error', 'text': ValueError(\"Invalid character at col 0 parsing angle 'kfdlkj'\")}",
        "says: Invalid character at col 0 parsing angle 'kfdlkj':",
        "write the position as",
    ),
    (
        400,
        b"{'status': 'error', 'text': 'Output format `x` is not supported.'}",
        "Output format `x` is not supported:",
        "report it",
    ),
    (
        400,
        b"nope is not a valid tag. Here is the list of tags:\n['in_tns', 'hostless_candidate']\nAnd you can always "
        b"retrieve available tags at https://api.lsst.fink-portal.org/api/v1/tags",
        "nope is not a valid tag. Here is the list of tags: ['in_tns', 'hostless_candidate']",
        "fink-tui query tags",
    ),
    (
        400,
        b"{'status': 'error', 'text': 'x is not a valid name or number according to quaero.\\n'}",
        "x is not a valid name or number according to quaero",
        "resolve",
    ),
    (404, b"nope is not a valid endpoint", "nope is not a valid endpoint", "sources, objects"),
    (500, b'{"message": "Internal Server Error"}\n', "(500, Internal Server Error)", "an id, a date or a name"),
    (
        400,
        b'{"message": "The browser (or proxy) sent a request that this server could not understand."}',
        "could not understand",
        "check what was asked",
    ),
    (415, b'{"message": "Did not attempt to load JSON data because ..."}', "415", "api_url"),
    (
        404,
        b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>",
        "no such address",
        "api_url",
    ),
    (405, b'{"message": "The method is not allowed for the requested URL."}', "not allowed", "api_url"),
    (
        503,
        b"<html><head><title>503 Service Temporarily Unavailable</title></head></html>",
        "503 Service Temporarily Unavailable",
        "in a few minutes",
    ),
    (504, b"<html><title>504 Gateway Time-out</title><p>nginx</p></html>", "504 Gateway Time-out", "in a few minutes"),
    (502, b"", "answers 502:", "in a few minutes"),
    (429, b"slow down", "too many requests", "wait a minute"),
    (403, b"<html><title>Blocked</title></html>", "403, Blocked", "proxy or firewall"),
    (400, b"", "answers 400:", "check what was asked"),
    (418, b"\x1b[31mred\x1b[0m\nalert", "[31mred [0m alert", "check what was asked"),
]


@pytest.mark.parametrize(("status", "body", "what", "advice"), REPLIES)
def test_an_error_reply_is_a_line(status: int, body: bytes, what: str, advice: str) -> None:
    line = line_of_reply(HOST, status, body)
    assert line.startswith(HOST)
    assert what in line
    assert advice in line
    assert line.isprintable()


def test_where_a_redirect_points_is_said_and_not_followed() -> None:
    line = line_of_reply(HOST, 302, b"", "https://elsewhere.example/login\r\nX: y")
    assert "https://elsewhere.example/login X: y, which is not followed" in line
    assert "api_url" in line


@pytest.mark.parametrize(("status", "is_away"), [(429, True), (503, True), (400, False), (500, False), (302, False)])
def test_which_replies_make_an_earlier_answer_better_than_none(status: int, is_away: bool) -> None:
    assert error_of_reply(HOST, status, b"").is_away is is_away


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


UNTRUSTED = ssl.SSLCertVerificationError(1, "certificate verify failed")
UNTRUSTED.verify_message = "self-signed certificate"


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (caused(httpx.ConnectError("x"), socket.gaierror(-2, "Name or service not known")), "can't be found"),
        (caused(httpx.ConnectError("x"), ConnectionRefusedError(111, "Connection refused")), "refuses connections"),
        (httpx.ConnectError("All connection attempts failed"), "can't be reached (All connection attempts failed)"),
        (caused(httpx.ConnectError("x"), UNTRUSTED), "not trusted (self-signed certificate)"),
        (caused(httpx.ConnectError("x"), ssl.SSLError(1, "WRONG_VERSION_NUMBER")), "no secure connection"),
        (httpx.ConnectTimeout("x"), "does not answer"),
        (httpx.ReadTimeout("x"), "within 130 s"),
        (TimeoutError(), "within 130 s"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "broke off"),
        (httpx.ReadError("x"), "broke off"),
        (httpx.ProxyError("407"), "HTTPS_PROXY"),
        (httpx.DecodingError("x"), "can't be unpacked"),
        (OSError(101, "Network is unreachable"), "Network is unreachable"),
    ],
)
def test_no_reply_is_a_line(failure: Exception, words: str) -> None:
    error = error_of_failure(HOST, failure, 130.0)
    assert words in str(error)
    assert ": " in str(error)
    assert str(error).isprintable()


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"", "application/json", "empty answer"),
        (b'[{"i:jd": 1.0, "i:ra', "application/json", "broke off after 20 bytes"),
        (b"<html><title>Welcome to the hotel</title></html>", "text/html", "Welcome to the hotel"),
        (b"Return alert data", "text/html; charset=utf-8", "text/html: Return alert data"),
        (b"VARBINARY\x00\x01", "application/octet-stream", "application/octet-stream"),
        (b"[" * 100_000, "application/json", "broke off"),
        (b"[" + b"9" * 5000 + b"]", "application/json", "broke off"),
    ],
)
def test_what_is_no_data_is_said_to_be_something_else(body: bytes, kind: str, words: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse(HOST, body, kind)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


def test_json_with_the_wrong_type_is_still_json() -> None:
    assert parse(HOST, b'[{"a": NaN, "b": Infinity, "c": 1e999, "d": 9007199254740993}]', "text/html") == [
        {"a": None, "b": None, "c": None, "d": "9007199254740993"}
    ]


def test_a_refusal_with_status_200_is_an_error() -> None:
    with pytest.raises(ApiError, match="No superevent with that name was found"):
        rows_of(HOST, [{"status": '{"detail":"No superevent with that name was found."}'}])
    assert rows_of(HOST, []) == []
    assert rows_of(HOST, {"in_tns": {"description": "x"}}, is_listing=True) == []


@given(st.binary(max_size=300), st.integers(300, 599))
def test_any_body_is_one_printable_line(body: bytes, status: int) -> None:
    line = line_of_reply(HOST, status, body)
    assert line.isprintable()
    assert len(line) < 1200
    assert said(body) == "" or said(body).isprintable()
