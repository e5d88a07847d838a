"""Every way the API can fail, as one plain line: what the server said, and what to change.

The bodies are those Fink's servers really send: Python's repr of a dict as HTML, plain text, JSON with a message, and
the pages of proxies.
"""

from __future__ import annotations

import html
import json
import re
import socket
import ssl
from typing import Any

import httpx

_LONGEST = 300
_REPR = re.compile(r"""['"]text['"]\s*:\s*(?P<rest>.*)""", re.DOTALL)
_RAISED = re.compile(r"\w+\((?P<text>.*)\)$", re.DOTALL)


class ApiError(Exception):
    """The API did not answer the question; the text is one plain line with what to do.

    `status` is the HTTP status, None where there was none. `is_away` is set where the server could not be reached or
    is too busy, so that an earlier answer is better than none.
    """

    def __init__(self, line: str, *, status: int | None = None, is_away: bool = False) -> None:
        super().__init__(line)
        self.status = status
        self.is_away = is_away


def one_line(text: str, longest: int = _LONGEST) -> str:
    """Outside text as one line without control characters, cut to a readable length."""
    cleaned = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return cleaned if len(cleaned) <= longest else cleaned[: longest - 1].rstrip() + "…"


def said(body: bytes) -> str:
    """What the server wrote, in one line, whatever it is wrapped in."""
    text = body[:20_000].decode("utf-8", errors="replace").strip()
    if text.startswith("{"):
        found = _json_message(text)
        if found is None and (wrapped := _REPR.search(text)):
            found = _unwrapped(wrapped["rest"])
        if found is not None:
            return one_line(re.sub(r"\s*See https?://\S+", "", found))
    if re.search(r"<(html|!doctype|head|body|title|h1|p)\b", text, re.IGNORECASE):
        return _page(text)
    return one_line(re.sub(r"\s*(And )?you can always retrieve.*", "", text, flags=re.IGNORECASE), 600)


def _json_message(text: str) -> str | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return next((str(found[key]) for key in ("message", "text", "detail", "status", "error") if found.get(key)), None)


def _unwrapped(rest: str) -> str:
    """The text of {'status': 'error', 'text': ...}, where ... is the repr of a text or of an exception.

    ast.literal_eval fails on the latter, so the quotes are taken off by hand.
    """
    inner = re.sub(r"\s*}\s*$", "", rest).strip()
    if raised := _RAISED.match(inner):
        inner = raised["text"].strip().rstrip(",")
    if len(inner) >= 2 and inner[0] in "'\"":
        inner = inner[1:-1] if inner[-1] == inner[0] else inner[1:]
    return inner.replace("\\n", " ").replace("\\t", " ").replace("\\'", "'").replace('\\"', '"')


def _page(text: str) -> str:
    """The words of a web page: its title, and its first paragraph where there is one."""
    found = []
    for tag in ("title", "p"):
        match = re.search(rf"<{tag}[^>]*>(.*?)</{tag}>", text, re.IGNORECASE | re.DOTALL)
        if match:
            found.append(html.unescape(re.sub(r"<[^>]+>", " ", match[1])))
    return one_line(" - ".join(word.strip() for word in found if word.strip())) or "a web page"


_ADVICE = (
    (r"radius.*bigger|bigger.*radius", "ask for a radius of at most 18,000 arcsec (5 deg)"),
    (r"a value for .*required|must be (?:specified|provided)|required", "give that argument as well"),
    (r"parsing angle|invalid character|coordinate", "write the position as 193.822 2.897 or 12:55:17.1 +02:53:50"),
    (r"output format", "this is a fault of the program: please report it"),
    (r"not a valid name or number|quaero", "check the name or number of the Solar System object, or try resolve"),
    (r"firstDiaSourceMjdTaiFink", "name f:firstDiaSourceMjdTaiFink among the fields, or leave the fields empty"),
    (r"\btags?\b|livestream", "fink-tui query tags lists those that can be asked for"),
    (r"trend", "rising and fading are for every class, the others for (CTA) Blazar low state alone"),
    (r"valid endpoint", "name one of sources, objects, fp, conesearch, sso, tags"),
)
_BUSY = "the server is busy: ask again in a few minutes (what it has found so far makes that faster), or ask for less"


def line_of_reply(host: str, status: int, body: bytes, location: str = "") -> str:
    """The line for a reply that is an error. `location` is where a redirect points to."""
    words = said(body)
    if 300 <= status < 400:
        where = one_line(location, 120) or "nowhere"
        return f"{host} sends us on to {where}, which is not followed: if that is right, set it as api_url"
    if status in (502, 503, 504):
        return f"{host} answers {status}{_quoted(words)}: {_BUSY}"
    if status == 429:
        return f"{host} answers 429, too many requests: wait a minute before asking again"
    if status in (401, 403, 407):
        return f"{host} answers {status}{_quoted(words)}: a proxy or firewall may stand between; Fink needs no login"
    if status == 404 and "endpoint" not in words:
        return f"{host} has no such address (404): it may be another version of the API, or api_url may be wrong"
    if status in (405, 415):
        return f"{host} answers {status}{_quoted(words)}: api_url may not be the address of Fink's API"
    for pattern, advice in _ADVICE:
        if status < 500 and re.search(pattern, words, re.IGNORECASE):
            return f"{host} says: {words.rstrip('. ')}: {advice}"
    if status >= 500:
        return (
            f"{host} failed on this question ({status}{_quoted(words)}): it does so on an id, a date or a name that it "
            "does not understand; check them, or ask again later"
        )
    return f"{host} answers {status}{_quoted(words)}: check what was asked for"


def _quoted(words: str) -> str:
    return f", {words.rstrip('. ')}" if words else ""


def error_of_reply(host: str, status: int, body: bytes, location: str = "") -> ApiError:
    """The error for a reply that is one."""
    line = line_of_reply(host, status, body, location)
    return ApiError(line, status=status, is_away=status in (429, 502, 503, 504))


def error_of_failure(host: str, failure: BaseException, timeout_s: float) -> ApiError:
    """The error for a request that got no reply."""
    chain = list(_causes(failure))
    if isinstance(failure, httpx.ConnectTimeout):
        line = f"{host} does not answer: check the network"
    elif isinstance(failure, TimeoutError | httpx.TimeoutException):
        line = (
            f"{host} did not answer within {timeout_s:g} s: ask for less (a smaller radius, fewer days), or again in a "
            "few minutes (what it has found so far makes that faster)"
        )
    elif any(isinstance(cause, ssl.SSLCertVerificationError) for cause in chain):
        reason = next(c.verify_message for c in chain if isinstance(c, ssl.SSLCertVerificationError))
        line = (
            f"the certificate of {host} is not trusted ({one_line(reason)}): a proxy may stand between; check the clock"
        )
    elif any(isinstance(cause, ssl.SSLError) for cause in chain):
        line = (
            f"no secure connection to {host}: api_url may want http:// instead of https://, or a proxy stands between"
        )
    elif any(isinstance(cause, socket.gaierror) for cause in chain) or "Name or service" in str(failure):
        line = f"the name {host} can't be found: check the network, or api_url"
    elif any(isinstance(cause, ConnectionRefusedError) for cause in chain) or "refused" in str(failure).lower():
        line = f"{host} refuses connections: it may be down; check api_url"
    elif isinstance(failure, httpx.ProxyError):
        line = f"the proxy on the way to {host} refuses ({one_line(str(failure), 100)}): check HTTPS_PROXY"
    elif isinstance(failure, httpx.ReadError | httpx.RemoteProtocolError | httpx.WriteError):
        line = f"{host} broke off the connection: ask again"
    elif isinstance(failure, httpx.DecodingError):
        line = f"{host} sent an answer that can't be unpacked: ask again"
        return ApiError(line)
    else:
        why = one_line(str(failure), 150) or type(failure).__name__
        line = f"{host} can't be reached ({why}): check the network, or api_url"
    return ApiError(line, is_away=True)


def _causes(failure: BaseException | None) -> Any:
    """A failure and all that led to it."""
    seen: set[int] = set()
    while failure is not None and id(failure) not in seen:
        seen.add(id(failure))
        yield failure
        failure = failure.__cause__ or failure.__context__
