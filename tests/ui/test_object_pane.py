"""The object pane by its keys, over a real database, and with objects that lack what others have."""

from __future__ import annotations

import gzip
import io
import logging
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from dashboard import live, running, screen_text, until
from packets import arrival, lsst, lsst_forced, lsst_point, moving, ztf, ztf_point
from textual.pilot import Pilot

from fink_tui.alerts.alert import UPPER_LIMIT, Detection
from fink_tui.alerts.arrival import Batch
from fink_tui.feed import Feed
from fink_tui.output.facts import Fact, Group
from fink_tui.settings import load_settings
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect
from fink_tui.store.targets import TargetView
from fink_tui.ui.app import FinkApp
from fink_tui.ui.widgets.lightcurve import LightCurve
from fink_tui.ui.widgets.night_plot import NightPlot
from fink_tui.ui.widgets.object_pane import ObjectPane

NIGHT = 61121.0
Packet = dict[str, Any]


def cutout() -> Packet:
    out = io.BytesIO()
    pixels = np.zeros((63, 63), dtype=np.float32)
    pixels[10:20, 10:20] = 100.0
    fits.PrimaryHDU(pixels).writeto(out)
    return {"fileName": "x.fits.gz", "stampData": gzip.compress(out.getvalue())}


def supernova() -> Packet:
    """Ten nights of g and r on the way up, upper limits before them, three cutouts."""
    history = [ztf_point(NIGHT - 14.0 - i, diffmaglim=20.5) for i in range(3)]
    for i in range(9):
        for fid in (1, 2):
            history.append(
                ztf_point(NIGHT - 9 + i + fid / 24, mag=19.5 - i * 0.2 - fid * 0.1, candid=10 * i + fid, fid=fid)
            )
    pictures = {f"cutout{name}": cutout() for name in ("Science", "Template", "Difference")}
    return ztf("ZTF26super", 900, NIGHT, mag=17.6, fid=1, prv_candidates=history, jdstarthist=NIGHT - 9 + 2400000.5,
               distnr=1.25, **pictures)  # fmt: skip


def dashboard(folder: Path, *packets: Packet, images: str = "blocks") -> FinkApp:
    database = folder / "night.db"
    with closing(connect(database)) as conn:
        write_batch(conn, Batch(tuple(arrival(packet, offset=place) for place, packet in enumerate(packets))))
    settings = replace(load_settings(environ={"FINK_TUI_UI_IMAGES": images}), notices=())
    return FinkApp(database, Feed(database, settings, (), logging.getLogger("test")), settings)


async def opened(pilot: Pilot[None], app: FinkApp, name: str) -> None:
    await until(pilot, lambda: live(app).rows.count_all)
    live(app).rows.move_to(next(t.id for t in live(app).rows.all_rows() if t.name == name))
    await until(pilot, lambda: f"{name}  " in pane_text(app))
    # What the sky tells comes a moment later, and draws the pane once more.
    await until(pilot, lambda: live(app).query_one(NightPlot).outlook is not None)
    await pilot.pause()


def pane_text(app: FinkApp) -> str:
    region = live(app).query_one(ObjectPane).region
    return "\n".join(line[region.x :] for line in screen_text(app).splitlines())


def curve(app: FinkApp) -> LightCurve:
    return live(app).query_one(LightCurve)


async def test_the_light_curve_is_zoomed_panned_and_read_out_by_keys(tmp_path: Path) -> None:
    app = dashboard(tmp_path, supernova(), ztf("ZTF26other", 901, NIGHT - 1))
    async with running(app) as pilot:
        await opened(pilot, app, "ZTF26super")
        assert "● g 10  ■ r 9  ▽ 3" in pane_text(app)
        await pilot.press("plus")
        first = curve(app).look.window
        assert first is not None and first[1] == NIGHT
        await pilot.press("h")
        assert (curve(app).look.window or first)[1] < NIGHT
        await pilot.press("l", "right")
        assert curve(app).look.window == first
        await pilot.press("comma")
        assert "2026-03-22 00:00:00 g 17.60 ± 0.06 mag" in pane_text(app)
        await pilot.press("comma")
        assert "03-21 02:00:00 r 17.70" in pane_text(app)
        await pilot.press("minus", "0")
        assert curve(app).look.window is None and curve(app).look.selected is None
        await pilot.press("k" if live(app).rows._order.cursor else "j")
        await until(pilot, lambda: "ZTF26other  " in pane_text(app))


async def test_time_quantity_and_fold_are_chosen_by_keys(tmp_path: Path) -> None:
    app = dashboard(tmp_path, supernova())
    async with running(app) as pilot:
        await opened(pilot, app, "ZTF26super")
        seen = []
        for _ in range(4):
            seen.append(pane_text(app).split(" · ")[1].splitlines()[0].split("│")[0].strip())
            await pilot.press("A")
        assert seen == ["days before newest", "date, UTC", "since first 2026-03-13", "since peak 2026-03-22"]
        await pilot.press("c")
        assert "difference flux" in pane_text(app)
        await pilot.press("c")
        assert "apparent mag" in pane_text(app)
        await pilot.press("F")
        await until(pilot, lambda: "Lomb-Scargle" in screen_text(app))
        await pilot.press("ctrl+u", *"2.5", "enter")
        await until(pilot, lambda: "folded by 2.5 days" in pane_text(app))
        await pilot.press("F", "ctrl+u", *"nonsense", "enter")
        await until(pilot, lambda: "expected a number of days above 0" in screen_text(app))
        await pilot.press("escape")
        assert curve(app).look.period == 2.5
        await pilot.press("F", "escape")
        await pilot.pause()
        assert curve(app).look.period == 2.5
        await pilot.press("F", "ctrl+u", "enter")
        await until(pilot, lambda: curve(app).look.period is None)


async def test_cutouts_facts_and_where_they_are_from(tmp_path: Path) -> None:
    app = dashboard(tmp_path, supernova())
    async with running(app, (120, 60)) as pilot:
        await opened(pilot, app, "ZTF26super")
        await until(pilot, lambda: "N up, E left · asinh" in pane_text(app))
        assert "science" in pane_text(app) and "64″" in pane_text(app)
        await pilot.press("i", "i", "i")
        assert "zscale" in pane_text(app)
        assert "real (drb)" in pane_text(app) and "0.88" in pane_text(app)
        assert "candidate.drb" not in pane_text(app)
        await pilot.press("f")
        await until(pilot, lambda: "← candidate.drb" in pane_text(app))
        assert "ZTF's deep learning: 0 bogus" in pane_text(app)


async def test_what_others_know_stands_among_the_facts(tmp_path: Path) -> None:
    app = dashboard(tmp_path, supernova())
    async with running(app, (120, 110)) as pilot:
        await opened(pilot, app, "ZTF26super")
        view = live(app)._view
        assert view is not None
        live(app).pane.show(view, [Group("tonight", [Fact("altitude", "61", 61.0, unit="°")])])
        await pilot.pause()
        text = pane_text(app)
        assert "altitude  61°" in text
        assert text.index("how sure") < text.index("tonight")


async def test_an_object_whose_packet_is_gone(tmp_path: Path) -> None:
    app = dashboard(tmp_path, supernova())
    with closing(connect(tmp_path / "night.db")) as conn:
        conn.execute("DELETE FROM packets")
    async with running(app, (120, 60)) as pilot:
        await opened(pilot, app, "ZTF26super")
        await until(pilot, lambda: "no cutouts" in pane_text(app))
        assert "● g 10" in pane_text(app) and "how sure" in pane_text(app)


async def test_an_lsst_object_of_negative_fluxes_alone(tmp_path: Path) -> None:
    before = [lsst_point(10 + i, NIGHT - 5 + i, flux=-3000.0 - i) for i in range(4)]
    forced = [lsst_forced(90 + i, NIGHT - 5 + i + 0.1, flux=-2900.0) for i in range(4)]
    packet = lsst(170_094, 170_028, NIGHT, flux=-4000.0, prvDiaSources=before, prvDiaForcedSources=forced)
    app = dashboard(tmp_path, packet)
    async with running(app, (120, 60)) as pilot:
        await opened(pilot, app, "170028")
        text = pane_text(app)
        assert "difference flux" in text and "○ 5" in text and "· 4" in text
        assert "r −4.00 ± 0.40 µJy" in text
        assert "peak" not in text and "g−r" not in text and " rate" not in text
        await pilot.press("c", "c")
        assert "No magnitudes to draw" in pane_text(app)


async def test_a_moving_object(tmp_path: Path) -> None:
    app = dashboard(tmp_path, *(moving(180 + i, "2004 JQ12", NIGHT + i, ra=20.0 + i) for i in range(2)))
    async with running(app, (120, 110)) as pilot:
        await opened(pilot, app, "2004 JQ12")
        text = pane_text(app)
        assert "Solar System" in text and "age" not in text and "peak" not in text
        assert "21163624394469969" in text


async def test_an_object_of_upper_limits_alone_and_one_of_nothing(tmp_path: Path) -> None:
    app = dashboard(tmp_path, supernova())
    async with running(app) as pilot:
        await opened(pilot, app, "ZTF26super")
        view = live(app)._view
        assert view is not None
        limits = tuple(Detection(UPPER_LIMIT, NIGHT + i, "g", upper_limit=20.0, survey="ztf") for i in range(3))
        live(app).pane.show(TargetView(view.target, (), limits, ()))
        await pilot.pause()
        assert "▽ 3" in pane_text(app)
        await pilot.press("comma")
        assert "2026-03-24 00:00:00 g > 20.00 mag" in pane_text(app)
        await pilot.press("plus", "minus", "F", "escape", "c", "c")
        assert "No apparent magnitudes to draw" in pane_text(app)
        bare = replace(view.target, ra=None, dec=None, last_mag=None, last_flux=None, last_band=None, last_mjd=None)
        live(app).pane.show(TargetView(bare, (), (), ()))
        await pilot.press("comma", "plus", "h", "c", "A", "f", "i")
        await pilot.pause()
        assert "No photometry yet" in pane_text(app) and "no position in its packets" in pane_text(app)


@pytest.mark.parametrize(
    ("images", "sign"),
    [
        ("kitty", "\U0010eeee"),
        ("sixel", "\x1bP0;1q"),
        ("iterm", "\x1b]1337;File=inline=1"),
    ],
)
async def test_the_terminal_s_own_pictures_are_used_when_configured(tmp_path: Path, images: str, sign: str) -> None:
    app = dashboard(tmp_path, supernova(), images=images)
    async with running(app) as pilot:
        written: list[str] = []
        assert app._driver is not None
        app._driver.write = written.append  # type: ignore[method-assign]
        await opened(pilot, app, "ZTF26super")
        await until(pilot, lambda: "N up, E left" in pane_text(app))
        strips = "".join(segment.text for line in app.screen._compositor.render_strips() for segment in line)
        assert "▀" not in pane_text(app)
        if images == "kitty":
            # What was drawn at another size is forgotten.
            await until(pilot, lambda: len(live(app).pane.cutouts._sent) == 3)
            assert strips.count(sign) > 0
        else:
            assert strips.count(sign) == 3 and strips.count("\x1b7\x1b[5A") == 3


async def test_a_modal_screen_is_not_painted_over(tmp_path: Path) -> None:
    app = dashboard(tmp_path, supernova(), images="sixel")
    async with running(app) as pilot:
        await opened(pilot, app, "ZTF26super")
        await until(pilot, lambda: "N up, E left" in pane_text(app))
        await pilot.press("J", "J")
        await pilot.pause()
        text = "".join(segment.text for line in app.screen._compositor.render_strips() for segment in line)
        assert "\x1bP" not in text, "a picture half scrolled away is not painted"


async def test_going_on_before_the_cutouts_are_there_is_no_failure(tmp_path: Path) -> None:
    app = dashboard(tmp_path, supernova(), ztf("ZTF26other", 901, NIGHT - 1))
    async with running(app) as pilot:
        await opened(pilot, app, "ZTF26super")
        for key in ("k", "j") * 3:
            await pilot.press(key)
            await pilot.pause(0.1)
        await pilot.pause(0.3)
        assert not list(app._notifications)
