"""Running the dashboard without a terminal, and looking at what it shows."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from fink_tui.ui.app import FinkApp
from fink_tui.ui.tabs.live import LiveTab
from fink_tui.ui.widgets.target_list import TargetList


async def until(pilot: Pilot[None], holds: Callable[[], object], seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"it never came to hold:\n{screen_text(pilot.app)}"
        await pilot.pause(0.05)


@asynccontextmanager
async def running(app: FinkApp, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Pilot[None]]:
    async with app.run_test(size=size) as pilot:
        yield pilot
        await app.action_quit()


def live(app: FinkApp) -> TargetList:
    return app.query_one(LiveTab).target_list


def screen_text(app: App[Any]) -> str:
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())
