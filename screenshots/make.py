"""Make the pictures of the README from the demo: python screenshots/make.py [folder]."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from textual.widgets import Input

from fink_tui.demo import Api, Demo, Tom, start, start_api, start_tom
from fink_tui.feed import Feed
from fink_tui.settings import load_settings
from fink_tui.tom.account import TomAccount
from fink_tui.ui.app import FinkApp
from fink_tui.ui.tabs.live import LiveTab
from fink_tui.ui.tabs.sync import SyncTab
from fink_tui.ui.tabs.targets import TargetsTab
from fink_tui.ui.widgets.masthead import Masthead


async def picture(servers: str, topics: tuple[str, ...], size: tuple[int, int], theme: str, path: Path) -> None:
    """One picture of the Live tab with the object pane on a supernova."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "demo.db"
        settings = replace(
            load_settings(environ={"FINK_TUI_STREAM_SERVERS": servers, "FINK_TUI_STREAM_START": "earliest"}), notices=()
        )
        feed = Feed(database, settings, topics, logging.getLogger("screenshots"))
        app = FinkApp(database, feed, settings, topics=topics, title_shown="fink-tui DEMO")
        async with app.run_test(size=size) as pilot:
            app.theme = theme
            rows = app.query_one(LiveTab).target_list.rows
            deadline = time.monotonic() + 30
            while rows.count_all < 18 and time.monotonic() < deadline:
                await pilot.pause(0.2)
            everything = rows.all_rows()
            chosen = max(
                (target for target in everything if target.label in ("SN Ia", "SN II")),
                key=lambda target: target.n_detections,
            )
            rows.move_to(chosen.id)
            await pilot.pause(0.5)
            if size[0] < 100:
                await pilot.press("enter")
                await pilot.pause(0.5)
            app.query_one(Masthead).clock = "03:12:44 UTC"
            await pilot.pause(0.1)
            path.write_text(app.export_screenshot(title="fink-tui"), encoding="utf-8")
            await app.action_quit()


async def query_picture(api: Api, path: Path) -> None:
    """The Query tab with an answer, and the light curve of one of its objects."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "demo.db"
        addresses = {"FINK_TUI_ZTF_API_URL": api.ztf_url, "FINK_TUI_LSST_API_URL": api.lsst_url}
        settings = replace(load_settings(environ=addresses), notices=())
        feed = Feed(database, settings, [], logging.getLogger("screenshots"))
        app = FinkApp(database, feed, settings, title_shown="fink-tui DEMO")
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.press("1")
            await pilot.pause(0.5)
            app.query_one("#ask", Input).value = "SN candidate, 50"
            await pilot.press("enter")
            await pilot.pause(4.0)
            await pilot.press("enter")
            await pilot.pause(2.0)
            app.query_one(Masthead).clock = "03:12:44 UTC"
            await pilot.pause(0.1)
            path.write_text(app.export_screenshot(title="fink-tui"), encoding="utf-8")
            await app.action_quit()


async def sync_picture(fink: Demo, tom: Tom, path: Path) -> None:
    """The Sync tab with the plan of some targets."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "demo.db"
        addresses = {"FINK_TUI_STREAM_SERVERS": fink.servers, "FINK_TUI_STREAM_START": "earliest"}
        toms = (TomAccount("", tom.url, tom.group, tom.user, token=tom.token, password=tom.password),)
        settings = replace(load_settings(environ=addresses), notices=(), toms=toms)
        feed = Feed(database, settings, fink.topics, logging.getLogger("screenshots"))
        app = FinkApp(database, feed, settings, topics=fink.topics, title_shown="fink-tui DEMO")
        async with app.run_test(size=(120, 36)) as pilot:
            rows = app.query_one(TargetsTab).target_list.rows
            deadline = time.monotonic() + 40
            while rows.count_all < 30 and time.monotonic() < deadline:
                await pilot.pause(0.2)
            await pilot.press("3", "g", *["space"] * rows.count_all, "s")
            while not app.query_one(SyncTab).rows.count_all and time.monotonic() < deadline:
                await pilot.pause(0.2)
            app.query_one(Masthead).clock = "03:12:44 UTC"
            await pilot.pause(0.5)
            path.write_text(app.export_screenshot(title="fink-tui"), encoding="utf-8")
            await app.action_quit()


def main() -> None:
    """Make them all."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    with start(seed=1) as fink:
        for name, size, theme in (
            ("live", (120, 36), "fink-dark"),
            ("live-light", (120, 36), "fink-light"),
            ("live-80x24", (80, 24), "fink-dark"),
        ):
            asyncio.run(picture(fink.servers, fink.topics, size, theme, folder / f"{name}.svg"))
    with start(seed=1, speed=600) as fink, start_tom(seed=1) as tom:
        asyncio.run(sync_picture(fink, tom, folder / "sync.svg"))
    with start_api(seed=1) as api:
        time.sleep(10)
        asyncio.run(query_picture(api, folder / "query.svg"))


if __name__ == "__main__":
    main()
