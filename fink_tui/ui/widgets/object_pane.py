"""All that is known of one object: what, where, how bright, how sure, known as; and its light curve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from fink_tui.alerts.alert import DETECTION, FORCED, UPPER_LIMIT
from fink_tui.alerts.labels import label_of_topics
from fink_tui.alerts.rows import ObjectRow
from fink_tui.alerts.times import to_iso
from fink_tui.fink.topics import short_topic
from fink_tui.output.units import unit_of
from fink_tui.sky.coordinates import sexagesimal
from fink_tui.sky.stamps import Stamp
from fink_tui.store.targets import StoredAlert, TargetView
from fink_tui.ui.format import MINUS, NOTHING, signed, span
from fink_tui.ui.text import plain
from fink_tui.ui.widgets.curve import Mode
from fink_tui.ui.widgets.cutouts import Cutouts
from fink_tui.ui.widgets.lightcurve import LightCurve

CURVES: tuple[Mode, ...] = ("auto", "flux", "apparent")
_CURVE_NAMES = {"auto": "difference", "flux": "difference flux", "apparent": "apparent", "mag": "difference"}
_GROUPS = (
    ("how sure", ("scores", "quality")),
    ("near what", ("matches",)),
    ("change", ("rates",)),
    ("orbit", ("moving",)),
    ("made by", ("versions",)),
)


class ObjectPane(Vertical):
    """Shows one TargetView, or nothing; the facts scroll, the light curve takes half of the height."""

    DEFAULT_CSS: ClassVar[str] = """
    ObjectPane {
        padding: 0 1;
        & > #facts {
            height: 1fr; scrollbar-size-vertical: 1;
            scrollbar-color: $foreground 20%; scrollbar-background: $foreground 4%;
            &:ansi { scrollbar-color: ansi_bright_black; scrollbar-background: ansi_default; }
        }
        & > LightCurve { height: 1fr; min-height: 8; }
        & > #title { height: auto; padding-bottom: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(id="title", markup=False)
        yield LightCurve()
        with VerticalScroll(id="facts", can_focus=False):
            yield Static(id="last", markup=False)
            yield Cutouts()
            yield Static(id="text", markup=False)

    def show(self, view: TargetView | None) -> None:
        """Draw a target, or clear the pane."""
        curve = self.query_one(LightCurve)
        curve.display = True
        self.query_one("#title", Static).update(_title(view) if view else Text("Nothing chosen", "dim"))
        self.query_one("#last", Static).update(_last(view) if view else Text(""))
        self.query_one("#text", Static).update(_facts(view) if view else Text(""))
        curve.show(view.detections if view else (), _curve_title(curve.mode) if view else "")

    def show_stamps(self, stamps: Mapping[str, Stamp]) -> None:
        """Draw the cutouts, or none."""
        self.query_one(Cutouts).stamps = dict(stamps)

    def show_row(self, row: ObjectRow, meanings: Mapping[str, str]) -> None:
        """Draw what an answer says of an object: every field, with its meaning where it is known."""
        self.query_one("#title", Static).update(_row_title(row))
        self.query_one("#last", Static).update("")
        self.query_one("#text", Static).update(_row_facts(row, meanings))
        curve = self.query_one(LightCurve)
        curve.display = False
        self.show_stamps({})

    def next_curve(self) -> str:
        """Draw the light curve in the next way there is; what it is called."""
        curve = self.query_one(LightCurve)
        mode = CURVES[(CURVES.index(curve.mode) + 1) % len(CURVES)] if curve.mode in CURVES else CURVES[0]
        curve.mode = mode
        return _CURVE_NAMES[mode]

    def scroll_facts(self, lines: int) -> None:
        """Move the facts by some lines."""
        self.query_one("#facts", VerticalScroll).scroll_relative(y=lines, animate=False)


def _curve_title(mode: str) -> str:
    return "" if mode == "auto" else _CURVE_NAMES[mode]


def _title(view: TargetView) -> Text:
    target = view.target
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(plain(target.name), "bold")
    text.append(f"  {plain(target.label)}")
    text.append(f" ({plain(target.label_origin)})" if target.label_origin else "", "dim")
    text.append(f"  {target.status}", "" if target.status == "new" else "bold")
    _place(text, target.ra, target.dec)
    return text


def _place(text: Text, ra: float | None, dec: float | None) -> None:
    if ra is not None and dec is not None:
        text.append("\n" + "  ".join(sexagesimal(ra, dec)))
        text.append(f"  {ra:.4f} {dec:+.4f}°".replace("-", MINUS), "dim")


def _row_title(row: ObjectRow) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(plain(row.object_id), "bold")
    text.append(f"  {plain(row.label or NOTHING)}")
    text.append(f" ({plain(row.label_origin)})" if row.label_origin else "", "dim")
    _place(text, row.ra, row.dec)
    return text


def _row_facts(row: ObjectRow, meanings: Mapping[str, str]) -> Text:
    text = Text("enter fetches the whole light curve\n" if row.survey else "", "dim")
    if row.aliases:
        _group(text, "known as", [("", name) for name in row.aliases])
    fields = [(name, value) for name, value in row.fields.items() if value is not None]
    if fields:
        text.append("\nfields of the answer\n", "bold")
    width = min(28, max((len(name) for name, _ in fields), default=0))
    for name, value in fields:
        text.append(f"  {plain(name):<{width}}  ", "dim")
        unit = unit_of(name) if isinstance(value, int | float) else None
        text.append(plain(_value(value)) + (f" {unit}" if unit else ""))
        meaning = meanings.get(name)
        text.append(f"  {plain(meaning)}\n" if meaning else "\n", "dim")
    return text


def _last(view: TargetView) -> Text:
    text = Text()
    if view.alerts:
        _group(text, "last alert", _measurement(view.alerts[-1]))
    text.right_crop(1)
    return text


def _facts(view: TargetView) -> Text:
    target = view.target
    newest = view.alerts[-1] if view.alerts else None
    text = Text("\n")
    kinds = [point.kind for point in view.detections]
    _group(
        text,
        "history",
        [
            ("alerts", str(target.n_alerts)),
            ("detections", str(kinds.count(DETECTION))),
            ("upper limits", str(kinds.count(UPPER_LIMIT))),
            ("forced points", str(kinds.count(FORCED))),
            ("first seen", _moment(target.first_mjd)),
            ("last seen", _moment(target.last_mjd)),
            ("age", span(target.age_days)),
        ],
    )
    others = [name for name in (*target.objects, *view.aliases) if name != target.name]
    if others:
        _group(text, "known as", [("", name) for name in others])
    _group(text, "topics", [("", short_topic(topic)) for topic in target.topics])
    if newest is not None:
        for event in newest.events:
            _group(text, "event", _named(event))
        for title, groups in _GROUPS:
            values = {name: value for group in groups for name, value in newest.details.get(group, {}).items()}
            if values:
                _group(text, title, _named(values))
    return text


def _measurement(alert: StoredAlert) -> list[tuple[str, str]]:
    point = alert.detection
    label, origin = (alert.label, alert.label_origin) if alert.label else label_of_topics(alert.topics)
    lines = [("class", f"{label} ({origin})"), ("alert", str(alert.source_id)), ("band", point.band or NOTHING)]
    if point.mag is not None:
        sign = f"{MINUS} (below reference)" if point.is_negative else ""
        lines.append(("difference", f"{_pm(point.mag, point.mag_err, 2)} mag {sign}"))
    if point.flux is not None:
        error = "" if point.flux_err is None else f" ± {point.flux_err / 1000:.2f}"
        lines.append(("flux", f"{signed(point.flux / 1000, 2)}{error} µJy"))
    if point.mag_apparent is not None:
        lines.append(("apparent", f"{_pm(point.mag_apparent, point.mag_apparent_err, 2)} mag"))
    return lines


def _pm(value: float, error: float | None, digits: int) -> str:
    return f"{value:.{digits}f}" + ("" if error is None else f" ± {error:.{digits}f}")


def _moment(mjd: float | None) -> str:
    text = to_iso(mjd)
    return f"{text[:19].replace('T', ' ')} UTC" if text else NOTHING


def _named(values: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), _value(value)) for name, value in values.items()]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", MINUS)
    return str(value)


def _group(text: Text, title: str, lines: list[tuple[str, str]]) -> None:
    if not lines:
        return
    text.append(("\n" if len(text) > 1 else "") + title + "\n", "bold")
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        text.append(f"  {plain(name):<{width}}" + ("  " if width else ""), "dim")
        text.append(plain(value) + "\n")
