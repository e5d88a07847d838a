"""Joining targets, taking them apart and answering proposals, by keys."""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path

from dashboard import live, running, screen_text, until
from packets import arrival, lsst, ztf

from fink_tui.alerts.arrival import Batch
from fink_tui.feed import Feed
from fink_tui.settings import load_settings
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect
from fink_tui.ui.app import FinkApp


async def test_join_split_undo_and_proposals_by_key(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with closing(connect(path)) as conn:
        pair = [
            arrival(ztf(f"ZTF26{name}", n, 61110.0, ra=150.0, dec=20.0 + n / 100), offset=n)
            for n, name in enumerate("ab", 1)
        ]
        crowd = [
            arrival(lsst(9 + n, 170 + n, 61110.0, ra=10.0, dec=dec), offset=9 + n)
            for n, dec in enumerate([5.0, 5.0001, 5.0002])
        ]
        write_batch(conn, Batch((*pair, *crowd)))
    settings = load_settings()
    app = FinkApp(path, Feed(path, settings, [], logging.getLogger("test")), settings)
    async with running(app) as pilot:
        await until(pilot, lambda: live(app).rows.count_all == 5)
        await pilot.press("a")
        await until(pilot, lambda: "0.36\u2033" in screen_text(app) and "1 other object close by" in screen_text(app))
        await pilot.press("a", "x")
        rows = live(app).rows
        await until(pilot, lambda: not any(target.proposed for target in rows.all_rows()))
        rows.mark_all(target.id for target in rows.all_rows() if target.name.startswith("ZTF"))
        await pilot.press("m")
        await until(pilot, lambda: "36.00\u2033" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: rows.count_all == 4)
        rows.move_to(next(target.id for target in rows.all_rows() if target.name == "ZTF26a"))
        await pilot.press("M")
        await until(pilot, lambda: "Split ZTF26a" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: rows.count_all == 5)
        await pilot.press("u")
        await until(pilot, lambda: rows.count_all == 4)
        await pilot.press("u")
        await until(pilot, lambda: rows.count_all == 5)
