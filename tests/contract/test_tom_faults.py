"""The proxy in front of a TOM fails as it is told, in front of each kind."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable

import pytest
import tom_faults
from tom_faults import Fault, FaultyProxy
from tom_servers import Tom

NEW = {"name": "ZTF21abfmbix", "type": "SIDEREAL", "ra": 193.8, "dec": 2.9, "aliases": [{"name": "SN 2021pfs"}]}


def through(proxy: FaultyProxy, tom: Tom) -> Tom:
    return Tom(tom.kind, proxy.url, tom.db, list)


def test_all_is_passed_on(tom: Tom) -> None:
    with FaultyProxy(tom.url) as proxy:
        near = through(proxy, tom)
        near.make("one", 10.0, 20.0)
        near.make("two", 11.0, 20.0)
        reply = near.ask("GET", "targets/", limit=1)
        assert reply.data["next"].startswith(f"{proxy.url}/api/targets/?")
        assert (proxy.requests, proxy.writes, proxy.happened) == (3, 2, [])


@pytest.mark.parametrize("fault, made", [(tom_faults.cut_before, 0), (tom_faults.cut_after, 1)])
def test_a_cut(tom: Tom, fault: Callable[[], Fault], made: int) -> None:
    with FaultyProxy(tom.url) as proxy:
        proxy.at_write(1, fault())
        with pytest.raises(http.client.RemoteDisconnected):
            through(proxy, tom).ask("POST", "targets/", NEW)
        assert tom.db.counts().targets == made and proxy.happened == [fault.__name__]


@pytest.mark.parametrize(
    "fault, status, made, kind",
    [
        (tom_faults.error_after(), 500, 1, "text/html"),
        (tom_faults.locked(), 500, 0, "text/html"),
        (tom_faults.html(), 502, 0, "text/html"),
        (tom_faults.html(200), 200, 0, "text/html"),
        (tom_faults.throttled(2), 429, 0, "application/json"),
        (tom_faults.empty(), 201, 1, "application/json"),
        (tom_faults.truncated(), 201, 1, "application/json"),
        (tom_faults.redirect("http://127.0.0.1:1/"), 302, 0, "text/html"),
    ],
)
def test_a_wrong_answer(tom: Tom, fault: Fault, status: int, made: int, kind: str) -> None:
    with FaultyProxy(tom.url) as proxy:
        proxy.at_request(2, fault)
        near = through(proxy, tom)
        assert near.ask("GET", "targets/").status == 200
        reply = near.ask("POST", "targets/", NEW)
        assert (reply.status, reply.kind, tom.db.counts().targets) == (status, kind, made)


def test_half_a_target(tom: Tom) -> None:
    with FaultyProxy(tom.url) as proxy:
        proxy.at_write(1, tom_faults.half_made(tom.db, "ZTF21abfmbix", after="change"))
        assert through(proxy, tom).ask("POST", "targets/", NEW).status == 500
        target = tom.db.target("ZTF21abfmbix")
        assert (target.users, target.aliases) == ([("carol", "change"), ("carol", "view")], [])


def test_a_slow_answer(tom: Tom) -> None:
    with FaultyProxy(tom.url) as proxy:
        proxy.at_request(1, tom_faults.slow(0.3))
        began = time.monotonic()
        assert through(proxy, tom).ask("GET", "targets/").status == 200
        assert time.monotonic() - began >= 0.3
