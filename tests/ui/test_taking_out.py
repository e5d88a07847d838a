"""E writes what is marked or shown to a file, y and Y copy: by keys alone."""

from __future__ import annotations

import csv
import logging
from contextlib import closing
from pathlib import Path

import pytest
from dashboard import live, running, until
from packets import arrival, ztf
from textual.widgets import Input, Static

from fink_tui.alerts.arrival import Batch
from fink_tui.feed import Feed
from fink_tui.settings import load_settings
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect
from fink_tui.ui.app import FinkApp
from fink_tui.ui.screens.copy import CopyScreen
from fink_tui.ui.screens.prompt import PromptScreen

pytestmark = pytest.mark.usefixtures("private_folders")


@pytest.fixture
def app(tmp_path: Path) -> FinkApp:
    """Five objects, ZTF26e the newest and the brightest."""
    path = tmp_path / "night.db"
    with closing(connect(path)) as conn:
        for place, name in enumerate("abcde"):
            packet = ztf(f"ZTF26{name}", place + 1, 61120.0 + place, magpsf=20.0 - place)
            write_batch(conn, Batch(arrivals=(arrival(packet, offset=place),)))
    settings = load_settings(None, environ={})
    return FinkApp(path, Feed(path, settings, (), logging.getLogger("test")), settings)


def names(app: FinkApp) -> list[str]:
    return [target.name for target in live(app).rows.shown_rows()]


def hint(app: FinkApp) -> str:
    return str(live(app).query_one("#hint", Static).content)


@pytest.mark.parametrize("ending", ["csv", "txt", "reg", "json", "vot"])
async def test_what_is_marked_or_shown_goes_to_a_file(app: FinkApp, tmp_path: Path, ending: str) -> None:
    async with running(app) as pilot:
        await until(pilot, lambda: len(names(app)) == 5)
        for path, keys, count in (
            (tmp_path / f"all.{ending}", "E", 5),
            (tmp_path / f"two.{ending}", "gspacespaceE", 2),
        ):
            await pilot.press(*(["g", "space", "space", "E"] if count == 2 else [keys]))
            await until(pilot, lambda: isinstance(app.screen, PromptScreen))
            app.screen.query_one(Input).value = str(path)
            await pilot.press("enter")
            await until(pilot, lambda path=path: f"written: {path}" in hint(app))
            assert sum(name in path.read_text() for name in ("ZTF26a", "ZTF26b", "ZTF26c", "ZTF26d", "ZTF26e")) == count
        if ending == "csv":
            body = [line for line in path.read_text().splitlines() if not line.startswith("#")]
            assert [row["name"] for row in csv.DictReader(body)] == names(app)[:2]


async def test_no_file_is_written_over_and_a_wrong_ending_is_said(app: FinkApp, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    async with running(app) as pilot:
        await until(pilot, lambda: len(names(app)) == 5)
        for name, why in (
            ("mine.csv", "File exists"),
            ("mine.xls", "ends in none of"),
            ("no/where.csv", "No such file"),
        ):
            await pilot.press("E")
            await until(pilot, lambda: isinstance(app.screen, PromptScreen))
            app.screen.query_one(Input).value = str(tmp_path / name)
            await pilot.press("enter")
            await until(pilot, lambda why=why: any(why in note.message for note in app._notifications))
    assert (tmp_path / "mine.csv").read_text() == "mine"


async def test_y_copies_degrees_and_Y_asks_what(app: FinkApp) -> None:
    async with running(app, (80, 24)) as pilot:
        await until(pilot, lambda: len(names(app)) == 5)
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard)
        ra, dec = app.clipboard.split()
        assert float(ra) and dec[0] in "+-"
        wanted = {"f": "J2000 g=16.0", "s": ":", "n": "ZTF26e", "r": "ZTF26e\tnew\t"}
        for key, part in wanted.items():
            await pilot.press("Y")
            await until(pilot, lambda: isinstance(app.screen, CopyScreen))
            await pilot.press(key)
            await until(pilot, lambda part=part: part in app.clipboard)
        await pilot.press("space", "space", "Y")
        await until(pilot, lambda: isinstance(app.screen, CopyScreen))
        await pilot.press("enter")
        await until(pilot, lambda: app.clipboard.count("\n") == 1)
        assert all(line.startswith("ZTF26") and "J2000" in line for line in app.clipboard.splitlines())
        before = app.clipboard
        await pilot.press("Y", "escape")
        await pilot.pause()
        assert app.clipboard == before
