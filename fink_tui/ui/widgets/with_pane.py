"""A list with the object pane beside it: the pane's keys, the same wherever there is one."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.containers import Vertical

from fink_tui.ui.actions import PANE, bindings
from fink_tui.ui.screens.prompt import PromptScreen
from fink_tui.ui.widgets.lightcurve import LightCurve
from fink_tui.ui.widgets.object_pane import ObjectPane

_LONGEST_PERIOD = 1e5  # days
_ABOUT = "Period in days; nothing unfolds."


class WithPane(Vertical):
    """What holds an ObjectPane."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PANE)]

    @property
    def pane(self) -> ObjectPane:
        """The pane."""
        return self.query_one(ObjectPane)

    @property
    def _curve(self) -> LightCurve:
        return self.pane.light_curve

    def action_next_curve(self) -> None:
        """Draw the light curve in the next quantity."""
        self._curve.next_mode()

    def action_next_axis(self) -> None:
        """Count time in the next way."""
        self._curve.next_axis()

    def action_zoom(self, factor: float) -> None:
        """Show a part of the time, or all of it."""
        self._curve.zoom(factor)

    def action_pan(self, share: float) -> None:
        """Move through time."""
        self._curve.pan(share)

    def action_step(self, by: int) -> None:
        """Read out a point."""
        self._curve.step(by)

    def action_fold(self) -> None:
        """Ask for a period in days, and look for one meanwhile."""
        curve = self._curve
        folded = curve.look.period
        screen = PromptScreen("Fold the light curve", _ABOUT, f"{folded:.8g}" if folded else "", check=_period)
        # At once: what she types may be on its way already.
        self.app.push_screen(screen, lambda typed: None if typed is None else curve.fold(_period(typed)))
        if not folded:
            self._suggest(screen, curve)

    @work(exclusive=True, group="period", exit_on_error=False)
    async def _suggest(self, screen: PromptScreen, curve: LightCurve) -> None:
        # Astropy takes a while to import.
        found = await asyncio.to_thread(_look_for_period, curve)
        if not screen.is_attached:
            return
        if found is None:
            screen.suggest("", f"{_ABOUT} Lomb-Scargle finds none it would trust.")
        else:
            days, band, chance = found
            screen.suggest(f"{days:.6g}", f"{_ABOUT} Lomb-Scargle of {band}: {days:.6g}, false alarm {chance:.0e}.")

    def action_next_stretch(self) -> None:
        """Stretch the cutouts in the next way."""
        self.pane.cutouts.next_stretch()

    def action_explain(self) -> None:
        """Say what facts mean and come from, or no longer."""
        self.pane.explain()

    def action_scroll_pane(self, pages: int) -> None:
        """Scroll the facts."""
        self.pane.scroll_facts(pages * 5)


def _period(typed: str) -> float | None:
    """Days, or None for an empty text. Raises ValueError."""
    try:
        period = float(typed) if typed else None
    except ValueError:
        period = 0.0
    if period is not None and not 0.0 < period < _LONGEST_PERIOD:
        raise ValueError("expected a number of days above 0")
    return period


def _look_for_period(curve: LightCurve) -> tuple[float, str, float] | None:
    from fink_tui.sky.period import best_period

    return best_period(curve.curve.detections)
