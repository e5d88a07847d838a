"""The Sync tab by its keys, against a stand-in for a TOM."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tom_faults
from textual.app import App
from textual.pilot import Pilot
from tom_faults import FaultyProxy
from tom_servers import KINDS, Tom, Toms
from tom_sync import Notebook, account, night, supernova

from fink_tui.feed import Feed
from fink_tui.settings import load_settings
from fink_tui.tom.account import TomAccount
from fink_tui.ui.app import FinkApp
from fink_tui.ui.screens.choices import ChoicesScreen
from fink_tui.ui.tabs.sync import SyncTab
from fink_tui.ui.tabs.targets import TargetsTab

FIRST = "ZTF26aaaaa01"


@pytest.fixture
def tom(toms: Toms) -> Tom:
    return toms.fresh(KINDS[0])


@pytest.fixture
def book(tmp_path: Path) -> Notebook:
    return Notebook(tmp_path / "night.db", night())


def make(book: Notebook, *accounts: TomAccount) -> FinkApp:
    settings = replace(load_settings(environ={}), toms=accounts)
    return FinkApp(book.path, Feed(book.path, settings, (), logging.getLogger("test_sync")), settings)


@asynccontextmanager
async def running(app: FinkApp, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.query_one(TargetsTab).target_list.rows.count_all)
        yield pilot
        await app.action_quit()


async def until(pilot: Pilot[None], holds: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"it never came to hold:\n{text(pilot.app)}"
        await pilot.pause(0.05)


def text(app: App[Any]) -> str:
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())


def words(app: FinkApp) -> list[str]:
    """The word of each row, top line first."""
    return [line.word for line in app.query_one(SyncTab).rows.shown_rows()]


async def test_s_shows_the_plan_and_enter_sends_it(tom: Tom, book: Notebook) -> None:
    app = make(book, account(tom))
    async with running(app) as pilot:
        await pilot.press("3", "s")
        await until(pilot, lambda: words(app) == ["create"] * 4)
        shown = text(app)
        assert "4 create" in shown and "127.0.0.1" in shown and "group Supernovae" in shown
        assert "fink_class" in shown and not tom.writes()
        await pilot.press("enter")
        await until(pilot, lambda: "4 created; all is done" in text(app))
        assert words(app) == ["created"] * 4 and tom.db.counts().targets == 4
        await pilot.press("3")
        await until(pilot, lambda: text(app).count(" =  ") == 4)
        await pilot.press("4", "s")
        await until(pilot, lambda: words(app) == ["same"] * 4)
        assert "nothing to send" in text(app)


async def test_marked_targets_alone_are_planned(tom: Tom, book: Notebook) -> None:
    app = make(book, account(tom))
    async with running(app) as pilot:
        await pilot.press("3", "g", "space", "space", "s")
        await until(pilot, lambda: words(app) == ["create"] * 2)


async def test_a_conflict_is_shown_with_its_choices(tom: Tom, book: Notebook) -> None:
    tom.make("SN 2026xyz", 151.0, -5.5)
    app = make(book, account(tom))
    async with running(app) as pilot:
        await pilot.press("4", "s")
        await until(pilot, lambda: words(app)[:1] == ["conflict"])
        assert "link as alias of SN 2026xyz" in text(app) and "1 conflict" in text(app)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ChoicesScreen))
        await pilot.press("1")
        await until(pilot, lambda: words(app)[0] == "update")
        assert not tom.writes()[1:]
        await pilot.press("enter")
        await until(pilot, lambda: "all is done" in text(app))
        assert tom.db.target("SN 2026xyz").aliases == [FIRST]


async def test_x_leaves_a_target_out(tom: Tom, book: Notebook) -> None:
    app = make(book, account(tom))
    async with running(app) as pilot:
        await pilot.press("4", "s")
        await until(pilot, lambda: len(words(app)) == 4)
        await pilot.press("space", "space", "x", "enter")
        await until(pilot, lambda: "all is done" in text(app))
        assert sorted(words(app)) == ["created", "created", "skip", "skip"] and tom.db.counts().targets == 2


async def test_photometry_is_planned_on_demand(tom: Tom, book: Notebook) -> None:
    app = make(book, account(tom))
    async with running(app) as pilot:
        await pilot.press("4", "p")
        await until(pilot, lambda: "10 points" in text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "10 points sent" in text(app))
        assert tom.db.counts().points == 10


async def test_escape_stops_between_two_writes_and_s_goes_on(tom: Tom, book: Notebook) -> None:
    book.receive([sent for number in range(10, 20) for sent in supernova(number)])
    with FaultyProxy(tom.url) as proxy:
        for number in range(1, 15):
            proxy.at_write(number, tom_faults.slow(0.2))
        app = make(book, account(tom, proxy.url))
        async with running(app) as pilot:
            await pilot.press("4", "s")
            await until(pilot, lambda: words(app) == ["create"] * 14)
            await pilot.press("enter")
            await until(pilot, lambda: "created" in words(app))
            await pilot.press("escape")
            await until(pilot, lambda: "s goes on" in text(app))
            done = words(app).count("created")
            assert 0 < done < 14 and words(app).count("left") == 14 - done and tom.db.counts().targets == done
            await pilot.press("s")
            await until(pilot, lambda: words(app).count("create") == 14 - done)
            await pilot.press("enter")
            await until(pilot, lambda: "all is done" in text(app))
    assert tom.db.counts().targets == 14


async def test_quit_does_not_wait_for_a_tom_that_does_not_answer(tom: Tom, book: Notebook) -> None:
    with FaultyProxy(tom.url) as proxy:
        app = make(book, account(tom, proxy.url))
        async with running(app) as pilot:
            await pilot.press("4", "s")
            await until(pilot, lambda: len(words(app)) == 4)
            proxy.at_write(1, tom_faults.slow(60.0))
            await pilot.press("enter")
            await until(pilot, lambda: proxy.writes == 1)
            began = time.monotonic()
            await app.action_quit()
        assert time.monotonic() - began < 20.0
    assert "in flight" in journal(book)


def journal(book: Notebook) -> list[str]:
    from contextlib import closing

    from fink_tui.store.connection import connect

    with closing(connect(book.path)) as conn:
        return [row[0] for row in conn.execute("SELECT state FROM outbox ORDER BY id")]


async def test_what_is_wrong_is_said_where_she_looks(tom: Tom, book: Notebook) -> None:
    app = make(book, replace(account(tom), token="f" * 40))
    async with running(app) as pilot:
        await pilot.press("4", "s")
        await until(pilot, lambda: "does not accept this login" in text(app))
        assert "Invalid token" in text(app) and "f" * 40 not in text(app)


async def test_without_a_tom_the_tab_says_what_to_set(book: Notebook) -> None:
    app = make(book)
    async with running(app) as pilot:
        await pilot.press("4", "s", "enter", "c", "x", "m", "p", "escape")
        assert "FINK_TUI_TOM_TOKEN" in text(app)


async def test_m_turns_to_the_next_tom(tom: Tom, book: Notebook) -> None:
    other = replace(account(tom), name="student", url=tom.url.replace("127.0.0.1", "localhost"))
    app = make(book, account(tom), other)
    async with running(app) as pilot:
        await pilot.press("4", "m")
        await until(pilot, lambda: words(app) == ["create"] * 4)
        assert "student · localhost" in text(app)
