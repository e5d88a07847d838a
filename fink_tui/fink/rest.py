"""Asking Fink's REST APIs: politely, cancellable at any moment, with every failure as one plain line.

Sources of the servers' behaviour: fink-object-api 3.5 (POST of JSON, ids as text, queries cut after 120 s with a 504).
"""

from __future__ import annotations

import asyncio
import importlib.util
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx

from fink_tui.fink.answers import keep_seconds, parse, rows_of
from fink_tui.fink.cache import Cache, Kept
from fink_tui.fink.errors import ApiError, error_of_failure, error_of_reply
from fink_tui.fink.queries.declare import Request

Progress = Callable[[int], None]
_ATTEMPTS = 3
_AT_ONCE = 2
_CONNECT_S = 10.0
_LONGEST_WAIT_S = 60.0
_ERROR_BYTES = 65_536
_AGAIN = (429, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the API.

    `rows` are its flat rows; `answer` is the JSON itself, which for some endpoints is no list. `age_s` is seconds
    since the server gave it; `warning` says why an old one is shown, "" where it need not be said. `server_time` is
    the Date of the server's reply.
    """

    survey: str
    url: str
    payload: Mapping[str, Any]
    rows: list[dict[str, Any]]
    answer: Any
    bytes: int
    from_cache: bool = False
    age_s: float = 0.0
    warning: str = ""
    server_time: str = ""

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.rows)


@dataclass(slots=True)
class _Body:
    """What came off the wire."""

    content: bytes
    content_type: str
    server_time: str


@dataclass(slots=True)
class FinkApi:
    """Both APIs behind one pool of connections, for one event loop. `urls` has the address by survey.

    `timeout_s` bounds the wait for a sign of life, `max_bytes` the unpacked size of an answer.
    """

    urls: Mapping[str, str]
    cache: Cache | None = None
    timeout_s: float = 130.0
    max_bytes: int = 64_000_000
    _client: httpx.AsyncClient | None = None
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __aenter__(self) -> FinkApi:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; what is under way fails."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def fetch(
        self,
        request: Request,
        *,
        progress: Progress | None = None,
        offline: bool = False,
        fresh: bool = False,
    ) -> Reply:
        """The answer to a request. Raises ApiError; cancelling the task ends the request at once.

        An answer kept on disk is used where it is young enough, unless `fresh`, and of any age where `offline` or
        where the server can't be reached. `progress` is told the bytes received so far.
        """
        url = f"{self.urls[request.survey]}/api/v1/{request.endpoint}"
        kept = await asyncio.to_thread(self.cache.get, url, request.payload) if self.cache else None
        if kept and (offline or (kept.is_fresh and not fresh)):
            return await self._from_disk(request, url, kept, "" if kept.is_fresh else "offline")
        if offline:
            raise ApiError("offline, and this was not asked before: nothing to show")
        try:
            body = await self._patiently(request.payload, url, progress)
        except ApiError as error:
            if kept and error.is_away:
                return await self._from_disk(request, url, kept, str(error))
            raise
        return await asyncio.to_thread(self._understood, request, url, body)

    async def fetch_bytes(self, request: Request, *, progress: Progress | None = None) -> bytes:
        """The answer as it came, for what is no JSON. Raises ApiError."""
        url = f"{self.urls[request.survey]}/api/v1/{request.endpoint}"
        return (await self._patiently(request.payload, url, progress)).content

    def _understood(self, request: Request, url: str, body: _Body) -> Reply:
        host = _host(url)
        answer = parse(host, body.content, body.content_type)
        rows = rows_of(host, answer, is_listing=request.is_listing)
        if self.cache:
            keep_s = keep_seconds(request, rows)
            self.cache.put(url, request.payload, body.content, keep_s=keep_s, server_time=body.server_time)
        size = len(body.content)
        return Reply(request.survey, url, request.payload, rows, answer, size, server_time=body.server_time)

    async def _from_disk(self, request: Request, url: str, kept: Kept, why: str) -> Reply:
        answer = await asyncio.to_thread(parse, _host(url), kept.body, "application/json")
        warning = f"{why}: this is the answer of {in_words(kept.age_s)} ago" if why else ""
        return Reply(
            request.survey,
            url,
            request.payload,
            rows_of(_host(url), answer, is_listing=request.is_listing),
            answer,
            len(kept.body),
            from_cache=True,
            age_s=kept.age_s,
            warning=warning,
            server_time=kept.server_time,
        )

    async def _patiently(self, payload: Mapping[str, Any], url: str, progress: Progress | None) -> _Body:
        """Ask, and again a few times where the server was busy or the connection failed, and nowhere else."""
        attempt = 1
        while True:
            try:
                async with self._turns:
                    return await self._once(payload, url, progress)
            except _Busy as busy:
                if attempt >= _ATTEMPTS or busy.wait_s > _LONGEST_WAIT_S:
                    raise busy.error from None
                wait = busy.wait_s or 0.3 * 3.0 ** (attempt - 1)
            attempt += 1
            await asyncio.sleep(wait * random.uniform(1.0, 1.5))

    async def _once(self, payload: Mapping[str, Any], url: str, progress: Progress | None) -> _Body:
        host = _host(url)
        try:
            # The read timeout bounds silence; this bounds an answer that drips.
            async with asyncio.timeout(4.0 * self.timeout_s), self._stream(payload, url) as response:
                if response.status_code != 200:
                    raise await self._refused(host, response)
                content = await self._read(host, response, progress)
        except (httpx.TimeoutException, TimeoutError) as failure:
            error = error_of_failure(host, failure, self.timeout_s)
            raise (_Busy(error) if isinstance(failure, httpx.ConnectTimeout) else error) from failure
        except httpx.DecodingError as failure:
            raise error_of_failure(host, failure, self.timeout_s) from failure
        except (httpx.TransportError, OSError) as failure:
            error = error_of_failure(host, failure, self.timeout_s)
            is_refused = "certificate" in str(error) or isinstance(failure, httpx.UnsupportedProtocol)
            raise (error if is_refused else _Busy(error)) from failure
        except (httpx.InvalidURL, ValueError, ImportError) as failure:
            raise ApiError(f"{host} can't be asked ({failure}): check api_url and the proxy settings") from failure
        return _Body(content, response.headers.get("content-type", ""), response.headers.get("date", ""))

    @asynccontextmanager
    async def _stream(self, payload: Mapping[str, Any], url: str) -> AsyncIterator[httpx.Response]:
        async with self._starting:
            if self._client is None:
                # Reading the certificates takes longer than a screen may stand still.
                self._client = await asyncio.to_thread(self._connect)
        verb, body = ("POST", dict(payload)) if payload else ("GET", None)
        async with self._client.stream(verb, url, json=body) as response:
            yield response

    def _connect(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            http2=importlib.util.find_spec("h2") is not None,
            follow_redirects=False,
            timeout=httpx.Timeout(self.timeout_s, connect=min(_CONNECT_S, self.timeout_s), pool=None),
            limits=httpx.Limits(max_connections=2 * _AT_ONCE, max_keepalive_connections=_AT_ONCE),
            headers={"User-Agent": "fink-tui", "Accept": "application/json", "Accept-Encoding": "gzip"},
        )

    async def _read(self, host: str, response: httpx.Response, progress: Progress | None) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self.max_bytes:
                raise ApiError(
                    f"the answer of {host} is larger than {self.max_bytes / 1e6:g} MB: ask for less (a smaller radius, "
                    "fewer ids or days), or raise max_mb in [query]"
                )
            parts.append(part)
            if progress:
                progress(size)
        return b"".join(parts)

    async def _refused(self, host: str, response: httpx.Response) -> Exception:
        """The exception for a reply that is an error; only the beginning of its body is read."""
        body = b""
        async for part in response.aiter_bytes():
            body += part
            if len(body) > _ERROR_BYTES:
                break
        error = error_of_reply(host, response.status_code, body, response.headers.get("location", ""))
        if response.status_code not in _AGAIN:
            return error
        return _Busy(error, _retry_after(response.headers.get("retry-after", "")))


class _Busy(Exception):
    """Worth another try, after `wait_s` seconds where the server named them; `error` is what it is in the end."""

    def __init__(self, error: ApiError, wait_s: float = 0.0) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_s = wait_s


def _retry_after(text: str) -> float:
    """Seconds of a Retry-After header, which holds seconds or a date; 0 where it says nothing."""
    try:
        return max(0.0, float(text)) if text.strip() else 0.0
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return 0.0


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2] or url


def in_words(seconds: float) -> str:
    """A time span for people: 40 s, 12 min, 3 h, 5 days."""
    for size, unit in ((86_400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size or (unit != "days" and seconds >= size):
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
