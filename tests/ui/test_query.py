"""The Query tab by its keys, against the stand-in for Fink's APIs."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from astropy.table import Table
from faulty_server import (
    FaultyServer,
    empty_body,
    html_error,
    ok,
    redirect,
    reply,
    truncated_json,
    wrong_content_type,
)
from textual.app import App
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from fink_tui.demo import Api, start_api
from fink_tui.feed import Feed
from fink_tui.fink.queries import QUERIES
from fink_tui.fink.queries.words import Asked
from fink_tui.settings import load_settings
from fink_tui.store.connection import connect
from fink_tui.store.targets import all_targets
from fink_tui.ui.app import FinkApp
from fink_tui.ui.screens.past_queries import PastQueriesScreen
from fink_tui.ui.screens.prompt import PromptScreen
from fink_tui.ui.tabs.query import QueryTab
from fink_tui.ui.widgets.cutouts import NAMES, Cutouts
from fink_tui.ui.widgets.query_form import Field, QueryForm
from fink_tui.ui.widgets.rows import Rows


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with start_api(seed=1) as started:
        yield started


def make(folder: Path, ztf: str, lsst: str, **environ: str) -> FinkApp:
    settings = load_settings(environ={"FINK_TUI_ZTF_API_URL": ztf, "FINK_TUI_LSST_API_URL": lsst, **environ})
    database = folder / "night.db"
    return FinkApp(database, Feed(database, settings, [], logging.getLogger("test_query")), settings)


@asynccontextmanager
async def running(app: FinkApp, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Pilot[None]]:
    async with app.run_test(size=size) as pilot:
        await pilot.press("1")
        await until(pilot, lambda: bool(app.query(Field)))
        yield pilot
        await app.action_quit()


async def until(pilot: Pilot[None], holds: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"it never came to hold:\n{text(pilot.app)}"
        await pilot.pause(0.05)


def text(app: App[Any]) -> str:
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())


def said(app: FinkApp) -> str:
    return str(app.query_one("#said").content)


def table(app: FinkApp) -> Rows[Any]:
    return app.query_one(QueryTab).query_one(Rows)


async def asked(pilot: Pilot[None], app: FinkApp, line: str) -> None:
    """Type into the top line and wait for the answer."""
    before = app.query_one(QueryTab)._answer
    app.query_one(QueryTab).remove_class("-answered")
    ask = app.query_one("#ask", Input)
    ask.focus()
    ask.value = line
    await pilot.press("enter")
    await until(pilot, lambda: app.query_one(QueryTab)._answer is not before)
    await until(pilot, lambda: bool(app.query_one(QueryTab).query(Rows)))


@pytest.mark.parametrize(
    "line",
    [
        "SN candidate, 20",
        "fink-tui query tag in_tns --n 20",
        "fink-tui query anomaly --n 5",
        "fink-tui query classes",
        "fink-tui query tags",
        "fink-tui query blocks",
        "fink-tui query statistics 20261121",
        "fink-tui query schema magpsf",
    ],
)
async def test_a_query_is_asked_from_the_top_line(api: Api, tmp_path: Path, line: str) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app) as pilot:
        await asked(pilot, app, line)
        assert table(app).count_all > 0, said(app)


async def test_alerts_are_grouped_opened_marked_and_made_targets(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app) as pilot:
        await asked(pilot, app, "SN candidate, 20")
        assert "20 alerts of" in said(app)
        first = table(app).current
        await pilot.press("enter")
        await until(pilot, lambda: "how sure" in text(app) and "▽" in text(app))
        await until(pilot, lambda: set(app.query_one(QueryTab).query_one(Cutouts).stamps) == set(NAMES))
        conn = connect(tmp_path / "night.db")
        assert all_targets(conn) == []
        await pilot.press("g", "space")
        await asked(pilot, app, "fink-tui query tag in_tns --n 20")
        assert "1 marked" in said(app)
        second = table(app).current
        await pilot.press("space", "t")
        await until(pilot, lambda: len(all_targets(conn)) == 2)
        assert {target.name for target in all_targets(conn)} == {first.object_id, second.object_id}
        assert {target.status for target in all_targets(conn)} == {"new"}
        assert all(target.n_alerts > 1 for target in all_targets(conn))
        await until(pilot, lambda: "2 targets" in said(app))


async def test_wrong_input_is_said_beside_its_field_and_nothing_is_sent(tmp_path: Path) -> None:
    app = make(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:9")
    async with running(app) as pilot:
        form = app.query_one(QueryForm)
        await form.fill(Asked("cone", "ztf", {}))
        form.focus_first()
        await pilot.press(*"10 95", "tab", *"20 deg", "enter")
        await until(pilot, lambda: bool(app.query(".-wrong")))
        assert "asking" not in said(app)
        wrong = [field.argument.name for field in app.query(Field) if field.has_class("-wrong")]
        assert wrong == ["position", "radius"]


# Every error that Fink's servers, and what stands before them, are known to answer with.
REFUSALS = {
    "missing argument": (
        reply(400, b"{'status': 'error', 'text': 'A value for `radius` is required. See https://api.ztf.org \\n'}"),
        "A value for `radius` is required",
    ),
    "radius": (
        reply(400, b"{'status': 'error', 'text': '`radius` cannot be bigger than 18,000 arcseconds (5 degrees).\\n'}"),
        "cannot be bigger than 18,000 arcseconds",
    ),
    "repr of an exception": (
        reply(400, b"{'status': 'error', 'text': ValueError(\"Invalid character at col 0 parsing angle 'kf'\")}"),
        "Invalid character at col 0 parsing angle 'kf'",
    ),
    "plain text": (
        reply(400, b"\n  nope is not a valid tag. Here is the list of tags:\n  ['in_tns', 'faint_trails']\n"),
        "nope is not a valid tag",
    ),
    "endpoint": (reply(404, b"/api/v1/x is not a valid endpoint"), "is not a valid endpoint"),
    "JSON message": (reply(500, b'{"message": "Internal Server Error"}', "application/json"), "Internal Server Error"),
    "not JSON": (
        reply(415, b'{"message": "Did not attempt to load JSON data"}', "application/json"),
        "Did not attempt to load JSON data",
    ),
    "no such path": (reply(404, b"<!doctype html><title>404 Not Found</title><h1>Not Found</h1>"), "no such address"),
    "wrong verb": (reply(405, b'{"message": "The method is not allowed"}', "application/json"), "not allowed"),
    "busy": (html_error(503), "busy"),
    "cut after 120 s": (html_error(504), "busy"),
    "truncated": (truncated_json(), "broke off after"),
    "wrong content type": (wrong_content_type(), "something else than data"),
    "redirect": (redirect("https://login.example/"), "not followed"),
    "empty": (empty_body(), "empty answer"),
    "one object": (ok(b'{"rows": 3}'), "one object where rows should be"),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_every_error_shows_its_line_and_keeps_what_was_on_the_screen(api: Api, tmp_path: Path, case: str) -> None:
    fault, words = REFUSALS[case]
    with FaultyServer(fault) as server:
        app = make(tmp_path, api.ztf_url, server.url)
        async with running(app, (80, 24)) as pilot:
            await asked(pilot, app, "SN candidate, 20")
            shown = [row.object_id for row in table(app).shown_rows()]
            await pilot.press("e")
            ask = app.query_one("#ask", Input)
            ask.focus()
            ask.value = "fink-tui query skymap S230709bi --survey lsst"
            await pilot.press("enter")
            await until(pilot, lambda: said(app).startswith("! "))
            await pilot.pause()
            assert words in said(app)
            flat = " ".join(text(app).split())
            assert " ".join(said(app).split()) in flat
            assert [row.object_id for row in table(app).shown_rows()] == shown
            assert shown[0] in flat


async def test_a_class_that_fink_does_not_have_is_said_beside_its_field(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app, (80, 24)) as pilot:
        app.query_one(QueryForm).focus_first()
        await pilot.press(*"SN candidat", "enter")
        await until(pilot, lambda: "did you mean SN candidate" in text(app))
        assert [field.argument.name for field in app.query(Field) if field.has_class("-wrong")] == ["class"]


async def test_the_form_returns_something_at_once(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "alerts of" in said(app))


async def test_statistics_begin_with_the_night(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app, (80, 24)) as pilot:
        await asked(pilot, app, "fink-tui query statistics 2026-11")
        header = next(line for line in text(app).splitlines() if "basic:raw" in line)
        assert header.split()[:3] == ["key:key", "basic:raw", "basic:sci"]


async def test_anomalies_show_their_score(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app, (80, 24)) as pilot:
        await asked(pilot, app, "fink-tui query anomaly --n 5")
        assert "score" in text(app)
        assert f"{table(app).current.fields['d:anomaly_score']:.6g}" in text(app)


async def test_a_long_error_is_readable_whole(tmp_path: Path) -> None:
    app = make(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:9")
    async with running(app, (80, 24)) as pilot:
        app.query_one(QueryTab)._say("! " + "word " * 50 + "the end")
        await pilot.pause()
        assert "the end" in text(app)


async def test_a_leads_to_the_top_line(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app) as pilot:
        await asked(pilot, app, "fink-tui query classes")
        await pilot.press("a", *"tags")
        assert app.query_one("#ask", Input).value == "tags"


async def test_an_answer_does_not_take_the_keys_from_who_types_the_next_question(tmp_path: Path) -> None:
    with start_api(seed=1, delay=1.5) as slow:
        app = make(tmp_path, slow.ztf_url, slow.lsst_url)
        async with running(app) as pilot:
            ask = app.query_one("#ask", Input)
            ask.focus()
            ask.value = "fink-tui query classes"
            await pilot.press("enter")
            await until(pilot, lambda: "asking Fink" in said(app))
            await pilot.press("f2", *"M3")
            await until(pilot, lambda: app.query_one(QueryTab)._answer is not None)
            await pilot.pause(0.2)
            await pilot.press("1")
            assert ask.has_focus and ask.value == "M31"


async def test_a_name_leads_to_what_fink_has_there(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app) as pilot:
        await asked(pilot, app, "M31")
        before = app.query_one(QueryTab)._answer
        await pilot.press("enter")
        await until(pilot, lambda: app.query_one(QueryTab)._answer is not before)
        assert said(app).startswith("Cone")


async def test_a_failure_is_one_line_and_keeps_what_was_on_the_screen(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, "http://127.0.0.1:9")
    async with running(app) as pilot:
        await asked(pilot, app, "SN candidate, 20")
        count = table(app).count_all
        await pilot.press("e")
        ask = app.query_one("#ask", Input)
        ask.focus()
        ask.value = "fink-tui query tag in_tns"
        await pilot.press("enter")
        await until(pilot, lambda: said(app).startswith("! "))
        assert "127.0.0.1:9" in said(app) and "\n" not in said(app)
        assert table(app).count_all == count


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_silence_can_be_cancelled_at_once(tmp_path: Path, key: str) -> None:
    with start_api(seed=1, delay=30.0) as slow:
        app = make(tmp_path, slow.ztf_url, slow.lsst_url)
        async with running(app) as pilot:
            ask = app.query_one("#ask", Input)
            ask.focus()
            ask.value = "SN candidate, 20"
            await pilot.press("enter")
            await until(pilot, lambda: "asking Fink" in said(app))
            await pilot.pause(1.0)
            began = time.monotonic()
            await pilot.press(key)
            await until(pilot, lambda: "cancelled" in said(app))
            assert time.monotonic() - began < 2.0


async def test_history_asks_again_and_saved_queries_have_names(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app) as pilot:
        await asked(pilot, app, "SN candidate, 20")
        await pilot.press("V")
        await pilot.pause(0.3)
        await pilot.press(*"mine", "enter")
        await until(pilot, lambda: "saved" in said(app))
        await asked(pilot, app, "fink-tui query classes")
        await pilot.press("H")
        await until(pilot, lambda: isinstance(app.screen, PastQueriesScreen))
        assert "mine" in text(app)
        before = app.query_one(QueryTab)._answer
        await pilot.press("enter")
        await until(pilot, lambda: app.query_one(QueryTab)._answer is not before)
        assert "alerts of" in said(app)


async def test_the_form_keeps_what_was_typed_and_y_copies_a_command(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app) as pilot:
        await asked(pilot, app, "SN candidate, 20")
        await pilot.press("y")
        assert app.clipboard == "fink-tui query class 'SN candidate' --n 20"
        await pilot.press("e")
        values = {field.argument.name: field.input.value for field in app.query(Field)}
        assert values["class"] == "SN candidate" and values["n"] == "20"


async def test_sorting_and_filtering_ask_nothing_again(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app) as pilot:
        await asked(pilot, app, "SN candidate, 50")
        names = [row.object_id for row in table(app).shown_rows()]
        await pilot.press("S", *"mag", "enter")
        mags = [row.mag for row in table(app).shown_rows() if row.mag is not None]
        assert mags == sorted(mags)
        await pilot.press("slash", *names[0][-4:])
        await until(pilot, lambda: table(app).count_shown == 1)
        await pilot.press("enter")
        assert table(app).current.object_id == names[0]
        await pilot.press("escape", "escape")
        assert table(app).count_shown == len(names)
        await pilot.press("slash", *"mag", "less_than_sign", *"19", "enter")
        assert {row.mag < 19 for row in table(app).shown_rows()} == {True}


async def test_lsst_ids_keep_every_digit(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app, (80, 24)) as pilot:
        await asked(pilot, app, "fink-tui query tag in_tns --n 1")
        row = table(app).current
        assert row.object_id.isdigit() and len(row.object_id) == 18
        assert row.object_id in text(app)
        await asked(pilot, app, row.object_id)
        assert table(app).current.object_id == row.object_id


@pytest.mark.parametrize("ending", ["csv", "json", "vot"])
async def test_what_is_shown_is_exported_with_where_it_is_from(api: Api, tmp_path: Path, ending: str) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app) as pilot:
        await asked(pilot, app, "SN candidate, 20")
        names = [row.object_id for row in table(app).shown_rows()]
        await pilot.press("slash", *names[0][-5:], "enter", "E")
        await until(pilot, lambda: isinstance(app.screen, PromptScreen))
        path = tmp_path / f"seen.{ending}"
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, path.exists)
        await until(pilot, lambda: "written" in said(app))
        content = path.read_text()
        assert names[0] in content and names[1] not in content
        assert "fink-tui query class" in content
        if ending == "csv":
            read = Table.read(path, format="ascii.csv", comment="#")
        elif ending == "vot":
            read = Table.read(path, format="votable")
        else:
            read = json.loads(content)["rows"]
        assert len(read) == 1 and str(read[0]["object"]) == names[0]


async def test_twenty_thousand_rows_are_on_the_screen_and_move(tmp_path: Path) -> None:
    rows = [
        {"i:objectId": f"ZTF26{n:07d}", "i:candid": 3_000_000_000_000_000_000 + n, "i:jd": 2461121.5, "i:ra": 1.0}
        | {"i:dec": 2.0, "i:fid": 1, "i:magpsf": 18.0, "i:sigmapsf": 0.1, "i:isdiffpos": "t"}
        for n in range(20_000)
    ]
    with FaultyServer(*[ok(json.dumps(rows).encode())] * 3) as server:
        app = make(tmp_path, server.url, server.url)
        async with running(app, (80, 24)) as pilot:
            await asked(pilot, app, "SN candidate, 10000")
            assert table(app).count_all == 20_000
            await pilot.press("G")
            assert "ZTF260019999" in text(app)
            await pilot.press("g")
            assert "ZTF260000000" in text(app)


async def test_an_answer_does_not_take_the_keys_from_who_changes_a_field(tmp_path: Path) -> None:
    with start_api(seed=1, delay=1.5) as slow:
        app = make(tmp_path, slow.ztf_url, slow.lsst_url)
        async with running(app) as pilot:
            app.query_one(QueryForm).focus_first()
            await pilot.press(*"QSO", "enter")
            await until(pilot, lambda: "asking Fink" in said(app))
            await pilot.press(*"SN c")
            await until(pilot, lambda: app.query_one(QueryTab)._answer is not None)
            await pilot.pause(0.2)
            await pilot.press(*"and q")
            assert not app._exit
            assert next(iter(app.query(Field))).input.value.endswith("SN cand q")


async def test_an_answer_does_not_take_the_keys_from_another_tab(tmp_path: Path) -> None:
    with start_api(seed=1, delay=1.5) as slow:
        app = make(tmp_path, slow.ztf_url, slow.lsst_url)
        async with running(app) as pilot:
            await pilot.press("enter")
            await until(pilot, lambda: "asking Fink" in said(app))
            app.screen.set_focus(None)
            app.action_show_tab("live")
            there = app.focused
            await until(pilot, lambda: app.query_one(QueryTab)._answer is not None)
            await pilot.pause(0.2)
            assert app.focused is there is not None


async def test_a_and_what_follows_at_once_goes_to_the_top_line(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app) as pilot:
        await asked(pilot, app, "fink-tui query classes")
        for character in "aqtx":
            app.post_message(Key(character, character))
        await until(pilot, lambda: app._exit or app.query_one("#ask", Input).value == "qtx")
        assert not app._exit


async def test_what_a_tag_finds_has_its_age(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app, (80, 24)) as pilot:
        await asked(pilot, app, "in_tns, 20")
        assert table(app).current.first_mjd < table(app).current.last_mjd
        assert "age" in text(app)
        assert table(app).current.fields["r:nDiaSources"] > 0


async def test_the_help_has_an_example_of_every_query_and_what_the_columns_mean(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app) as pilot:
        await asked(pilot, app, "fink-tui query anomaly")
        tab = app.query_one(QueryTab)
        await until(pilot, lambda: "d:anomaly_score: " in tab.help_now)
        assert all(query.example in tab.help_now for query in QUERIES.values())


async def test_names_show_what_else_they_are_called(api: Api, tmp_path: Path) -> None:
    app = make(tmp_path, api.ztf_url, api.lsst_url)
    async with running(app, (80, 24)) as pilot:
        await asked(pilot, app, "SN 2023vwy")
        row = table(app).current
        assert f"{row.ra:.4f}" in text(app) and "SN 2023vwy" in text(app).split("aliases")[-1]
