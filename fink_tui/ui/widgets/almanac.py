"""What the sky does tonight, worked out off the screen's thread: every minute, and for targets as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from fink_tui.alerts.times import now
from fink_tui.sky.sites import Site
from fink_tui.store.targets import Target

if TYPE_CHECKING:
    from fink_tui.sky.outlook import Outlook
    from fink_tui.sky.tonight import Tonight
    from fink_tui.sky.visibility import Visibility

_EVERY_S = 60.0
# Targets come by the hundred a second: they are taken together.
_SETTLE_S = 0.3


class Almanac(Widget):
    """Shows nothing itself. `targets` gives all targets there are; `site` is the one observed from."""

    DEFAULT_CSS = "Almanac { display: none; }"

    class SkyTurned(Message):
        """What can be seen was worked out anew, of all targets where `is_whole`, else of some."""

        def __init__(self, is_whole: bool) -> None:
            super().__init__()
            self.is_whole = is_whole

    class Failed(Message):
        """It could not be worked out; the text says why."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(
        self, sites: Sequence[Site], dust_maps: Path | None, targets: Callable[[], Collection[Target]]
    ) -> None:
        super().__init__()
        self._sites, self._dust_maps, self._targets = tuple(sites), dust_maps, targets
        self._is_stale = self._is_busy = False
        self._late: list[Target] = []
        self.site = self._sites[0]
        self.tonight: Tonight | None = None

    def of(self, target: Target) -> Visibility | None:
        """The visibility of a target; None while it is not worked out, and where its place is not known."""
        return None if self.tonight is None else self.tonight.of(target)

    def on_mount(self) -> None:
        self.set_interval(_EVERY_S, self.reckon)

    def reckon(self) -> None:
        """Work everything out for this moment."""
        self._is_stale = True
        self._turn()

    def take(self, changed: Iterable[Target]) -> None:
        """Work out targets that came or changed, soon."""
        if not self._late:
            self.set_timer(_SETTLE_S, self._turn)
        self._late += changed

    def next_site(self) -> Site | None:
        """Go on to the next of the sites in force; None where there is but one."""
        if len(self._sites) == 1:
            return None
        self.site = self._sites[(self._sites.index(self.site) + 1) % len(self._sites)]
        self.reckon()
        return self.site

    async def look(self, target: Target) -> Outlook:
        """All that place and night tell of one target, from every site, the one in force first."""
        first = self._sites.index(self.site)
        sites = (*self._sites[first:], *self._sites[:first])
        return await asyncio.to_thread(_outlook, target, sites, self._dust_maps)

    @work(group="sky", exit_on_error=False)
    async def _turn(self) -> None:
        if self._is_busy:
            # Whoever is at it takes this up at once.
            return
        self._is_busy = True
        try:
            while self._is_stale or self._late:
                late, self._late = self._late, []
                is_whole = self._is_stale or self.tonight is None
                if is_whole or self.tonight is None:
                    self._is_stale = False
                    self.tonight = await asyncio.to_thread(_tonight, self.site, list(self._targets()))
                else:
                    await asyncio.to_thread(self.tonight.add, late)
                self.post_message(self.SkyTurned(is_whole))
        finally:
            self._is_busy = False

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say why nothing is known of the sky."""
        if event.state == WorkerState.ERROR:
            self.post_message(self.Failed(f"what can be seen tonight can't be worked out: {event.worker.error}"))


# Numpy and astropy are loaded on the thread that needs them.


def _tonight(site: Site, targets: list[Target]) -> Tonight:
    from fink_tui.sky.tonight import Tonight

    return Tonight(site, now(), targets)


def _outlook(target: Target, sites: Sequence[Site], dust_maps: Path | None) -> Outlook:
    from fink_tui.sky.outlook import outlook

    return outlook(target, sites, now(), dust_maps)
