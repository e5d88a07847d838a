"""What can be seen tonight, in the lists and the top line."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from packets import moving, write_avro, ztf
from program import run
from textual.app import App
from textual.pilot import Pilot

from fink_tui.alerts.times import now
from fink_tui.feed import Feed
from fink_tui.settings import load_settings
from fink_tui.sky.tonight import Tonight
from fink_tui.ui.app import FinkApp
from fink_tui.ui.tabs.live import LiveTab
from fink_tui.ui.widgets.almanac import Almanac
from fink_tui.ui.widgets.facts import Facts
from fink_tui.ui.widgets.masthead import Masthead
from fink_tui.ui.widgets.night_plot import NightPlot

CONFIG = """
[site]
name = ["South Pole", "La Silla"]
least_altitude = 25
[site."South Pole"]
latitude = -89.99
longitude = 0.0
height = 2835
"""
# At the pole the altitude is the declination with its sign changed, whatever the hour.
SOUTH, NORTH = -60.25, 50.25


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    alerts = [
        ztf("ZTF26aaaaaaa", 3367463101415010117, 61120.0, ra=10.0, dec=SOUTH),
        ztf("ZTF26aaaaaab", 3367463101415010118, 61121.0, ra=200.0, dec=NORTH),
        ztf("ZTF26aaaaaac", 3367463101415010119, 61121.0, ra=None, dec=None),
    ]
    files = [write_avro(tmp_path / "ztf.avro", alerts)]
    files.append(write_avro(tmp_path / "lsst.avro", [moving(170094456272322681, "2004 JQ12", 61105.0)]))
    assert run("replay", *files, "--db", path).returncode == 0
    return path


def make(database: Path, tmp_path: Path, config: str = CONFIG) -> FinkApp:
    path = tmp_path / "config.toml"
    path.write_text(config)
    settings = load_settings(path, {})
    return FinkApp(database, Feed(database, settings, (), logging.getLogger("test")), settings)


@asynccontextmanager
async def running(app: FinkApp, size: tuple[int, int] = (240, 36)) -> AsyncIterator[Pilot[None]]:
    async with app.run_test(size=size) as pilot:
        yield pilot
        await app.action_quit()


async def until(pilot: Pilot[None], holds: Callable[[], object], seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"it never came to hold:\n{screen_text(pilot.app)}"
        await pilot.pause(0.05)


def screen_text(app: App[Any]) -> str:
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())


def cells_of(app: FinkApp, name: str) -> dict[str, str]:
    rows = app.query_one(LiveTab).target_list.rows
    target = next(row for row in rows.all_rows() if row.name == name)
    return {column.key: column.cell(target)[0] for column in rows._columns}


async def test_the_list_says_what_can_be_seen_now_and_later(database: Path, tmp_path: Path) -> None:
    app = make(database, tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: "South Pole" in app.query_one(Masthead).sky)
        await until(pilot, lambda: cells_of(app, "ZTF26aaaaaaa")["alt"] != "–")
        south, north = cells_of(app, "ZTF26aaaaaaa"), cells_of(app, "ZTF26aaaaaab")
        assert (south["alt"][:-1], north["alt"][:-1]) == ("60°", "−50°")
        assert south["alt"][-1] in "↑↓" and north["best"] == "–" and north["hours"] == "–"
        for unknown in ("ZTF26aaaaaac", "2004 JQ12"):
            assert {cells_of(app, unknown)[key] for key in ("alt", "best", "hours", "moon")} == {"–"}
        text = screen_text(app)
        assert "60°" in text and "%" in text.splitlines()[0] and "South Pole" in text.splitlines()[0]


async def test_the_next_site_is_a_key_away(database: Path, tmp_path: Path) -> None:
    app = make(database, tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: "South Pole" in app.query_one(Masthead).sky)
        await pilot.press("@")
        await until(pilot, lambda: "La Silla" in app.query_one(Masthead).sky)
        assert "observing from La Silla, above 25°" in screen_text(app)
        almanac = app.query_one(Almanac)
        assert almanac.tonight is not None
        target = next(t for t in app.query_one(LiveTab).target_list.rows.all_rows() if t.name == "ZTF26aaaaaaa")
        expected = Tonight(almanac.site, now(), [target]).of(target)
        seen = almanac.of(target)
        assert seen is not None and expected is not None and seen.alt == pytest.approx(expected.alt, abs=0.5)
        await pilot.press("@")
        await until(pilot, lambda: "South Pole" in app.query_one(Masthead).sky)


async def test_one_site_alone_says_how_to_have_more(database: Path, tmp_path: Path) -> None:
    app = make(database, tmp_path, "")
    async with running(app) as pilot:
        await until(pilot, lambda: "La Silla" in app.query_one(Masthead).sky)
        await pilot.press("f6")
        await until(pilot, lambda: "La Silla is the only site in force" in screen_text(app))


async def test_a_target_that_comes_later_has_its_altitude_at_once(database: Path, tmp_path: Path) -> None:
    app = make(database, tmp_path)
    async with running(app) as pilot:
        await until(pilot, lambda: "South Pole" in app.query_one(Masthead).sky)
        late = write_avro(
            tmp_path / "late.avro", [ztf("ZTF26aaaaaad", 3367463101415010120, 61122.0, ra=5.0, dec=-33.4)]
        )
        done = run("replay", late, "--db", database)
        assert done.returncode == 0
        rows = app.query_one(LiveTab).target_list.rows
        await until(pilot, lambda: any(row.name == "ZTF26aaaaaad" for row in rows.all_rows()))
        await until(pilot, lambda: cells_of(app, "ZTF26aaaaaad")["alt"].startswith("33°"))


async def test_in_a_narrow_window_the_site_goes_before_the_streams(database: Path, tmp_path: Path) -> None:
    app = make(database, tmp_path)
    async with running(app, (80, 24)) as pilot:
        await until(pilot, lambda: "South Pole" in app.query_one(Masthead).sky)
        top = screen_text(app).splitlines()[0]
        assert "no stream" in top and "South Pole" not in top and "alt" in screen_text(app).splitlines()[2]


async def test_the_pane_draws_the_night_of_the_target_and_says_it(database: Path, tmp_path: Path) -> None:
    app = make(database, tmp_path, CONFIG.replace('"South Pole", "La Silla"', '"La Silla", "South Pole"'))
    async with running(app, (200, 60)) as pilot:
        await until(pilot, lambda: "La Silla" in app.query_one(Masthead).sky)
        live = app.query_one(LiveTab).target_list
        live.rows.move_to(next(t.id for t in live.rows.all_rows() if t.name == "ZTF26aaaaaaa"))
        await until(pilot, lambda: "tonight · La Silla" in screen_text(app))
        text = screen_text(app)
        plot = live.query_one(NightPlot)
        assert plot.outlook is not None and "60°" in text and "UTC" in text and "airm" in text
        await until(pilot, lambda: any(0x2800 < ord(char) < 0x2900 for char in screen_text(app)))
        pane = {fact.name: fact.text for group in live.query_one(Facts).groups for fact in group.facts}
        assert pane["South Pole"].startswith("60°") or "the Sun does not" in pane["South Pole"]
        assert pane["constellation"] == "Tuc"
        live.rows.move_to(next(t.id for t in live.rows.all_rows() if t.name == "ZTF26aaaaaac"))
        await until(pilot, lambda: plot.outlook is not None and plot.outlook.views[0].seen is None)
        assert "La Silla: –" in screen_text(app)
