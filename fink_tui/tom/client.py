"""Talking to one TOM: one request at a time, no redirect followed, every failure as one plain line.

Reads are tried again where the network or the server failed. A write never is, except after a 429, which says that
it was not looked at. Source of the behaviour: the API of tomtoolkit 2.32 to 3.1, as measured.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from threading import Event
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx

from fink_tui.fink.errors import error_of_failure, one_line, said
from fink_tui.tom.account import TomAccount
from fink_tui.tom.errors import Refused, Stopped, TomError, Uncertain
from fink_tui.tom.login import check_address

TIMEOUT_S = 30.0
_CONNECT_S = 10.0
_MOST_BYTES = 64_000_000
_READ_AGAIN_S = (0.3, 1.0, 3.0)
_LONGEST_WAIT_S = 120.0
_MOST_PAGES = 1000
# Never answered with anything but 401 where tokens are looked at (P0 of the protocol).
WRONG_TOKEN = "Token " + 40 * "0"

Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `body` is the JSON, None where it was none."""

    status: int
    body: Any
    content: bytes
    headers: httpx.Headers


class TomClient:
    """One connection to one TOM. Setting `stop` ends every wait with Stopped; a request under way is left to finish."""

    def __init__(self, account: TomAccount, stop: Event, timeout_s: float = TIMEOUT_S) -> None:
        """Raises TomError where the address must not be used."""
        check_address(account)
        self.account = account
        self.authorization: str | httpx.BasicAuth = ""
        self._stop = stop
        self._timeout_s = timeout_s
        headers = {"User-Agent": "fink-tui", "Accept": "application/json"}
        if account.is_loopback:
            # Django's own server sends head and body apart and waits for the ACK of a connection that is kept: 40 ms.
            headers["Connection"] = "close"
        self._http = httpx.Client(
            follow_redirects=False,
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_S)),
            limits=httpx.Limits(max_connections=1),
            headers=headers,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def wait(self, seconds: float) -> None:
        """Wait. Raises Stopped."""
        if self._stop.wait(seconds):
            raise Stopped

    def read(self, path: str, query: Query | None = None, verb: str = "GET") -> Any:
        """The JSON at `path` below /api/. Raises Refused, TomError, Stopped."""
        for pause in (*_READ_AGAIN_S, None):
            try:
                return self._answered(self.ask(verb, path, query=query))
            except Uncertain as failure:
                if pause is None:
                    raise TomError(str(failure)) from failure
                self.wait(pause)
        raise AssertionError

    def pages(self, path: str, query: Query) -> Iterator[dict[str, Any]]:
        """Every result of a list, page after page. Raises as `read`."""
        asked = dict(query)
        for _ in range(_MOST_PAGES):
            page = self.read(path, asked)
            results = page.get("results") if isinstance(page, dict) else page
            if not isinstance(results, list):
                raise TomError(
                    f"{self.account.host} did not answer with a list: is it a TOM, and of version 2.32 to 3.1?"
                )
            yield from (result for result in results if isinstance(result, dict))
            following = page.get("next") if isinstance(page, dict) else None
            if not following or not results:
                return
            # Behind a proxy the address itself may be another host, or http://: only what it asks for is taken.
            asked |= dict(parse_qsl(urlsplit(str(following)).query))
        raise TomError(f"{self.account.host} has no end of pages for {one_line(str(dict(query)), 80)}")

    def write(self, verb: str, path: str, body: Mapping[str, Any]) -> Any:
        """Send one write and give the JSON that answers it. Raises Refused, Uncertain, TomError, Stopped."""
        return self._answered(self.ask(verb, path, body=body))

    def ask(
        self,
        verb: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, Any] | None = None,
        authorization: str | None = None,
    ) -> Reply:
        """One request and whatever came back, 429 waited out. Raises Uncertain, TomError, Stopped."""
        while True:
            reply = self._once(verb, path, query, body, authorization)
            if reply.status != 429:
                return reply
            seconds = _retry_after(reply.headers.get("retry-after", ""))
            if seconds > _LONGEST_WAIT_S:
                raise TomError(f"{self.account.host} wants no more requests for {seconds:.0f} s: try again after that")
            self.wait(seconds)

    def _once(
        self, verb: str, path: str, query: Query | None, body: Mapping[str, Any] | None, authorization: str | None
    ) -> Reply:
        known = self.authorization if authorization is None else authorization
        try:
            request = self._http.build_request(
                verb,
                f"{self.account.url}/api/{path}",
                params=query,
                json=body,
                headers={"Authorization": known} if isinstance(known, str) and known else None,
            )
            auth = known if isinstance(known, httpx.BasicAuth) else None
            response = self._http.send(request, auth=auth, stream=True)
            try:
                content = self._content(response)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.ProxyError) as failure:
            # It never left. A read may be tried again, a write is known not to be done.
            line = str(error_of_failure(self.account.host, failure, self._timeout_s)).replace("api_url", "url")
            raise (Uncertain(line) if body is None else TomError(line)) from failure
        except (httpx.TransportError, OSError) as failure:
            raise Uncertain(self._line_of(failure)) from failure
        except (httpx.InvalidURL, ValueError) as failure:
            # The message of a header that can't be sent has the token in it.
            raise TomError(
                f"{self.account.host} can't be asked: check url and token, and the proxy settings"
            ) from failure
        return Reply(response.status_code, _json(content), content, response.headers)

    def _line_of(self, failure: Exception) -> str:
        if isinstance(failure, httpx.TimeoutException):
            return f"{self.account.host} did not answer within {self._timeout_s:g} s"
        return f"{self.account.host} broke off the connection"

    def _content(self, response: httpx.Response) -> bytes:
        # The timeout bounds silence; this bounds an answer that drips.
        deadline = time.monotonic() + 4 * self._timeout_s
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            size += len(part)
            if size > _MOST_BYTES or time.monotonic() > deadline:
                raise httpx.ReadTimeout("the answer has no end")
            parts.append(part)
        return b"".join(parts)

    def _answered(self, reply: Reply) -> Any:
        """The JSON of a reply that is an answer. Raises Refused, Uncertain, TomError."""
        host, status = self.account.host, reply.status
        if 200 <= status < 300:
            if reply.body is None:
                raise Uncertain(f"{host} sent a page instead of an answer: a proxy may stand between; check url")
            return reply.body
        if 300 <= status < 400:
            where = one_line(reply.headers.get("location", ""), 120) or "nowhere"
            raise TomError(f"{host} sends us on to {where}, which is not followed: if that is right, set it as url")
        words = self._censored(_words_of(status, reply.body, reply.content))
        if status in (401, 403, 407):
            raise TomError(f"{host} lets nobody in ({status}): {words}")
        if status < 500:
            raise Refused(f"{host} refuses ({status}): {words}", status, reply.body)
        raise Uncertain(f"{host} failed ({status}): {words}", status)

    def _censored(self, words: str) -> str:
        """The words without the token, which a server in debug mode repeats."""
        known = self.authorization
        secret = known.removeprefix("Token ") if isinstance(known, str) else self.account.password
        return words.replace(secret, "…") if secret else words


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _retry_after(text: str) -> float:
    """Seconds of a Retry-After header, at least one: it holds seconds or a date, or nothing."""
    try:
        return max(1.0, float(text))
    except ValueError:
        pass
    try:
        return max(1.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return 5.0


def _words_of(status: int, body: Any, content: bytes) -> str:
    """What the TOM said, in one line: fields with their complaints, a message, or the title of a page."""
    if isinstance(body, Mapping) and "detail" not in body:
        return one_line("; ".join(f"{name}: {_flat(what)}" for name, what in body.items()))
    if isinstance(body, list):
        return one_line(_flat(body))
    return said(content) or f"HTTP {status}"


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_flat(what) for what in value.values())
    if isinstance(value, list | tuple):
        return ", ".join(_flat(what) for what in value if what)
    return str(value)
