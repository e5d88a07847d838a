"""The light curve on a screen."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.strip import Strip

from fink_tui.alerts.alert import DETECTION, UPPER_LIMIT, Detection
from fink_tui.ui.widgets.lightcurve import LightCurve


class Plot(App[None]):
    def compose(self) -> ComposeResult:
        yield LightCurve()


CURVE = [
    Detection(DETECTION, 61000.0 + i, "gr"[i % 2], flux=3000.0, mag=18.0 + i / 10, mag_err=0.05, mag_apparent=15.0)
    for i in range(10)
] + [Detection(UPPER_LIMIT, 60998.0, "g", upper_limit=19.5)]


def lines(curve: LightCurve) -> list[str]:
    return [curve.render_line(y).text for y in range(curve.size.height)]


async def test_it_draws_what_it_is_shown_and_again_when_the_mode_or_the_size_changes() -> None:
    app = Plot()
    async with app.run_test(size=(60, 16)) as pilot:
        curve = app.query_one(LightCurve)
        assert "No photometry yet" in "".join(lines(curve))
        curve.show(CURVE)
        assert lines(curve)[0].startswith("difference mag · days before newest")
        assert "● g 5  ■ r 5  ▽ 1 limits" in lines(curve)[1]
        assert curve.next_mode() == "difference flux"
        assert lines(curve)[1].startswith("µJy")
        assert curve.next_mode() == "apparent mag"
        assert "▽" not in "".join(lines(curve))
        await pilot.resize_terminal(30, 8)
        await pilot.pause()
        assert [len(line) for line in lines(curve)] == [30] * 8
        curve.show([])
        assert "No photometry yet" in "".join(lines(curve))


async def test_bands_differ_in_colour_and_follow_the_theme() -> None:
    app = Plot()
    async with app.run_test(size=(60, 16)) as pilot:
        curve = app.query_one(LightCurve)
        curve.show(CURVE)
        dark = colours(curve.render_line(1))
        assert dark["●"] != dark["■"]
        app.theme = "ansi-dark"
        await pilot.pause()
        ansi = colours(curve.render_line(1))
        assert (ansi["●"], ansi["■"]) == ("color(2)", "color(1)")


def colours(strip: Strip) -> dict[str, str]:
    return {
        segment.text.strip(): segment.style.color.name for segment in strip if segment.style and segment.style.color
    }


async def test_a_repaint_draws_nothing_anew() -> None:
    app = Plot()
    async with app.run_test(size=(60, 16)):
        curve = app.query_one(LightCurve)
        curve.show(CURVE)
        first = curve.render_line(3)
        assert curve.render_line(3) is first
        curve.show(CURVE)
        assert curve.render_line(3) is not first
