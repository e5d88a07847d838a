"""The dashboard by its keys, over a real broker and a real database."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dashboard import live, running, screen_text, until
from kafka_broker import Broker
from packets import encode, lsst, ztf

from fink_tui.feed import Feed
from fink_tui.settings import load_settings
from fink_tui.store.connection import connect
from fink_tui.store.targets import all_targets
from fink_tui.ui.app import FinkApp
from fink_tui.ui.screens.first_contact import FirstContactScreen
from fink_tui.ui.screens.help import HelpScreen
from fink_tui.ui.screens.topics import TopicsScreen
from fink_tui.ui.widgets.filter_line import FilterLine

TOPICS = ("fink_sn_candidates_ztf", "fink_in_tns_lsst")


def ztf_message(number: int, **fields: Any) -> tuple[bytes, bytes]:
    object_id = fields.pop("objectId", f"ZTF26aaaaaa{number}")
    return encode(ztf(object_id, 3_367_463_101_415_010_000 + number, 61121.2 + number / 100, **fields))


def lsst_message(number: int) -> tuple[bytes, bytes]:
    return encode(lsst(170_028_485_706_776_000 + number, 170_094_456_272_322_000 + number, 61105.1))


def make(database: Path, servers: str, topics: tuple[str, ...], start: str | None = "earliest") -> FinkApp:
    environ = {"FINK_TUI_STREAM_SERVERS": servers} | ({"FINK_TUI_STREAM_START": start} if start else {})
    settings = load_settings(environ=environ)
    feed = Feed(database, settings, topics, logging.getLogger("test_app"))
    return FinkApp(database, feed, settings, topics=topics)


@pytest.fixture
def filled(broker: Broker, tmp_path: Path) -> Callable[[], FinkApp]:
    """A dashboard on a broker with three ZTF and one LSST object."""
    for topic in TOPICS:
        broker.topic(topic, 2)
    for number in (1, 2, 3):
        key, value = ztf_message(number)
        broker.produce(TOPICS[0], key, value, number % 2)
    key, value = lsst_message(1)
    broker.produce(TOPICS[1], key, value)
    return lambda: make(tmp_path / "night.db", broker.servers, TOPICS)


async def test_alerts_of_both_surveys_come_to_the_list(filled: Callable[[], FinkApp]) -> None:
    app = filled()
    async with running(app) as pilot:
        await until(pilot, lambda: live(app).rows.count_all == 4)
        text = screen_text(app)
        assert "4 targets" in text and "live" in text


async def test_verdicts_are_written_and_undone_also_by_a_later_run(
    filled: Callable[[], FinkApp], tmp_path: Path
) -> None:
    app = filled()
    async with running(app) as pilot:
        await until(pilot, lambda: live(app).rows.count_all == 4)
        await pilot.press("g")
        first = live(app).rows.current
        await pilot.press("x")
        conn = connect(tmp_path / "night.db")
        statuses = lambda: {target.name: target.status for target in all_targets(conn)}  # noqa: E731
        await until(pilot, lambda: statuses()[first.name] == "reject")
        await until(pilot, lambda: any(t.status == "reject" for t in live(app).rows.all_rows()))
        await pilot.press("space", "space", "t")
        await until(pilot, lambda: list(statuses().values()).count("follow") == 2)
    app = make(tmp_path / "night.db", "127.0.0.1:9", ())
    async with running(app) as pilot:
        await until(pilot, lambda: live(app).rows.count_all == 4)
        await pilot.press("u")
        await until(pilot, lambda: list(statuses().values()).count("follow") == 0)
        await pilot.press("u")
        await until(pilot, lambda: set(statuses().values()) == {"new"})
        await pilot.press("u")
        await until(pilot, lambda: "nothing to take back" in screen_text(app))


async def test_filter_keeps_rows_that_contain_the_words(filled: Callable[[], FinkApp]) -> None:
    app = filled()
    async with running(app) as pilot:
        await until(pilot, lambda: live(app).rows.count_all == 4)
        await pilot.press("slash", *"in_tns")
        await until(pilot, lambda: live(app).rows.count_shown == 1)
        await pilot.press("enter")
        assert live(app).rows.has_focus
        await pilot.press("escape")
        assert live(app).rows.count_shown == 4
        assert live(app).query_one("#filter", FilterLine).text == ""


async def test_below_100_columns_enter_opens_the_pane_over_the_list(filled: Callable[[], FinkApp]) -> None:
    app = filled()
    async with running(app, (80, 24)) as pilot:
        await until(pilot, lambda: live(app).rows.count_all == 4)
        assert "how sure" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "how sure" in screen_text(app))
        name = live(app).rows.current.name
        await pilot.press("j" if live(app).rows._order.cursor == 0 else "k")
        await until(pilot, lambda: name not in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: "how sure" not in screen_text(app))


async def test_a_first_contact_is_asked_about_and_nothing_is_read_before(broker: Broker, tmp_path: Path) -> None:
    broker.topic(TOPICS[0], 2)
    broker.produce(TOPICS[0], *ztf_message(1))
    app = make(tmp_path / "night.db", broker.servers, TOPICS[:1], start=None)
    async with running(app) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FirstContactScreen))
        await pilot.pause(0.5)
        assert live(app).rows.count_all == 0
        assert "1 alerts wait" in screen_text(app)
        await pilot.press("l")
        await pilot.pause(1.0)
        assert live(app).rows.count_all == 0
        broker.produce(TOPICS[0], *ztf_message(2))
        await until(pilot, lambda: live(app).rows.count_all == 1)
        assert live(app).rows.current.name == "ZTF26aaaaaa2"


async def test_pause_holds_the_stream_and_resume_goes_on(filled: Callable[[], FinkApp], broker: Broker) -> None:
    app = filled()
    async with running(app) as pilot:
        await until(pilot, lambda: live(app).rows.count_all == 4)
        await pilot.press("p")
        await until(pilot, lambda: "paused" in screen_text(app))
        broker.produce(TOPICS[0], *ztf_message(7))
        await pilot.pause(1.5)
        assert live(app).rows.count_all == 4
        await pilot.press("p")
        await until(pilot, lambda: live(app).rows.count_all == 5)


async def test_topics_can_be_changed_while_it_runs(broker: Broker, tmp_path: Path) -> None:
    for topic in TOPICS:
        broker.topic(topic, 1)
    broker.produce(TOPICS[0], *ztf_message(1))
    broker.produce(TOPICS[1], *lsst_message(1))
    app = make(tmp_path / "night.db", broker.servers, TOPICS[:1])
    async with running(app) as pilot:
        await until(pilot, lambda: live(app).rows.count_all == 1)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, TopicsScreen))
        await pilot.press("a", *TOPICS[1], "enter")
        await pilot.press("enter")
        await until(pilot, lambda: live(app).rows.count_all == 2)


async def test_another_program_s_alerts_and_verdicts_show_up(filled: Callable[[], FinkApp], tmp_path: Path) -> None:
    from fink_tui.store.decisions import decide

    app = filled()
    async with running(app) as pilot:
        await until(pilot, lambda: live(app).rows.count_all == 4)
        conn = connect(tmp_path / "night.db")
        decide(conn, [all_targets(conn)[0].id], "watch")
        await until(pilot, lambda: "◆" in screen_text(app))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_with_no_broker_it_opens_says_so_and_quits_at_once(tmp_path: Path, size: tuple[int, int]) -> None:
    app = make(tmp_path / "night.db", "127.0.0.1:9", TOPICS)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "cannot reach 127.0.0.1:9: connection refused" in screen_text(app))
        began = time.monotonic()
        await pilot.press("q")
        await until(pilot, lambda: app._exit)
        assert time.monotonic() - began < 2.0


async def test_every_binding_is_in_the_help_and_in_the_palette(filled: Callable[[], FinkApp]) -> None:
    app = filled()
    async with running(app) as pilot:
        ids = {active.binding.id for active in app.screen.active_bindings.values() if active.binding.id}
        assert {"app.help", "list.follow", "list.reject", "list.undo", "rows.mark", "feed.pause"} <= ids
        wanted = {a.binding.tooltip for a in app.screen.active_bindings.values() if a.binding.id in ids}
        offered = {command.help for command in app.get_system_commands(app.screen)}
        assert wanted - offered == {"Every action by its name"}
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert wanted <= {what for _, what in app.screen._keys}


async def test_hostile_text_is_shown_and_does_nothing(broker: Broker, tmp_path: Path) -> None:
    hostile = "[/red][@click=app.quit]x[/]\x1b]52;c;aGk=\x07\x1b[2J‮evil\nline"
    broker.topic(TOPICS[0], 1)
    broker.produce(TOPICS[0], *ztf_message(1, objectId="ZTF" + hostile, cdsxmatch=hostile, tns=hostile))
    app = make(tmp_path / "night.db", broker.servers, TOPICS[:1])
    async with running(app) as pilot:
        await until(pilot, lambda: live(app).rows.count_all == 1)
        await pilot.press("enter")
        await until(pilot, lambda: "how sure" in screen_text(app))
        assert "\x1b" not in screen_text(app) and "‮" not in screen_text(app)
        assert "[/red]" in screen_text(app)
