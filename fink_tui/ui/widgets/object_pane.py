"""All that is known of one object: its light curve, its cutouts, and the facts in groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from fink_tui.alerts.rows import ObjectRow
from fink_tui.alerts.times import to_iso
from fink_tui.output.facts import Fact, Group, arranged, groups_of
from fink_tui.output.units import unit_of
from fink_tui.sky.coordinates import sexagesimal
from fink_tui.sky.stamps import Cutout
from fink_tui.store.targets import TargetView
from fink_tui.ui.format import MINUS, NOTHING, signed, span
from fink_tui.ui.text import plain
from fink_tui.ui.widgets.cutouts import Cutouts
from fink_tui.ui.widgets.facts import Facts
from fink_tui.ui.widgets.lightcurve import LightCurve

# From this width on, and on a low screen, the facts stand beside the cutouts.
_BROAD = 72
_LOW = 40


class ObjectPane(Vertical):
    """Shows one TargetView, or nothing; the facts scroll below the light curve."""

    DEFAULT_CSS: ClassVar[str] = """
    ObjectPane {
        padding: 0 1;
        & > #title { height: auto; padding-bottom: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > LightCurve { height: 1fr; min-height: 9; }
        & > #scroll {
            height: 1fr; scrollbar-size-vertical: 1;
            scrollbar-color: $foreground 20%; scrollbar-background: $foreground 4%;
            &:ansi { scrollbar-color: ansi_bright_black; scrollbar-background: ansi_default; }
        }
        & > #scroll > #known { height: auto; layout: vertical; }
        & > #scroll > #known > #pictures { height: auto; }
        & > #scroll > #known > Facts { margin-top: 1; }
        &.-broad > #scroll > #known { layout: horizontal; }
        &.-broad > #scroll > #known > #pictures { width: 42; }
    }
    """

    def __init__(self, more: Widget | None = None) -> None:
        """`more` stands below the cutouts, and scrolls with the facts."""
        super().__init__()
        self._more = more
        self._target: tuple[int, str] | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="title", markup=False)
        yield LightCurve()
        with VerticalScroll(id="scroll", can_focus=False), Container(id="known"):
            with Vertical(id="pictures"):
                yield Cutouts()
                if self._more is not None:
                    yield self._more
            yield Facts()

    @property
    def light_curve(self) -> LightCurve:
        """The light curve."""
        return self.query_one(LightCurve)

    @property
    def cutouts(self) -> Cutouts:
        """The cutouts."""
        return self.query_one(Cutouts)

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= _BROAD and self.app.size.height < _LOW, "-broad")

    def show(self, view: TargetView | None, extras: Sequence[Group] = ()) -> None:
        """Draw a target with what others know of it in `extras`, or clear the pane.

        A group of a title that is there already joins it; the others go where ORDER of `output.facts` puts them.
        """
        shown = None if view is None else (view.target.id, view.target.name)
        is_same, self._target = shown is not None and shown == self._target, shown
        self.light_curve.display = True
        self.light_curve.show(view.detections if view else (), is_same=is_same)
        self.query_one("#title", Static).update(_title(view) if view else Text("Nothing chosen", "dim"))
        self.query_one(Facts).groups = arranged([*groups_of(view), *extras]) if view else []
        if not is_same:
            self.cutouts.stamps = None
            self.query_one("#scroll", VerticalScroll).scroll_home(animate=False)

    def show_stamps(self, stamps: Mapping[str, Cutout]) -> None:
        """Draw the cutouts of the newest alert, or say that there are none."""
        self.cutouts.stamps = dict(stamps) if self._target is not None else None

    def show_row(self, row: ObjectRow, meanings: Mapping[str, str]) -> None:
        """Draw what an answer says of an object: every field, with its meaning where it is known."""
        self._target = None
        self.query_one("#title", Static).update(_row_title(row))
        self.query_one(Facts).groups = _row_groups(row, meanings)
        self.light_curve.display = False
        self.cutouts.stamps = None

    def explain(self) -> None:
        """Say what each fact means and what it was worked out from, or no longer."""
        facts = self.query_one(Facts)
        facts.explained = not facts.explained

    def scroll_facts(self, lines: int) -> None:
        """Move the facts by some lines."""
        self.query_one("#scroll", VerticalScroll).scroll_relative(y=lines, animate=False)


def _title(view: TargetView) -> Text:
    target = view.target
    text = Text()
    text.append(plain(target.name), "bold")
    text.append(f"  {plain(target.label)}")
    text.append(f" ({plain(target.label_origin)})" if target.label_origin else "", "dim")
    text.append(f"  {target.status}", "" if target.status == "new" else "bold")
    text.append("\n" + _place(target.ra, target.dec))
    if target.age_days is not None and not target.is_moving:
        text.append(f"  age {span(target.age_days)}")
    text.append("\n" + _brightness(view))
    return text


def _brightness(view: TargetView) -> str:
    """The newest alert in one line."""
    target = view.target
    band = target.last_band or "?"
    if target.last_mag is not None:
        error = "" if target.last_mag_err is None else f" ± {target.last_mag_err:.2f}"
        sign = " negative" if target.last_negative else ""
        text = f"{band} {target.last_mag:.2f}{error} mag{sign}"
    elif target.last_flux is not None:
        error = "" if target.last_flux_err is None else f" ± {target.last_flux_err / 1000.0:.2f}"
        text = f"{band} {signed(target.last_flux / 1000.0, 2)}{error} µJy"
    else:
        text = f"{band} {NOTHING}"
    time = to_iso(target.last_mjd)
    return text + (f"  {time[:16].replace('T', ' ')} UTC" if time else "")


def _place(ra: float | None, dec: float | None) -> str:
    if ra is None or dec is None:
        return "no position in its packets"
    return " ".join(sexagesimal(ra, dec)).replace("-", MINUS)


def _row_title(row: ObjectRow) -> Text:
    text = Text()
    text.append(plain(row.object_id), "bold")
    text.append(f"  {plain(row.label or NOTHING)}")
    text.append(f" ({plain(row.label_origin)})" if row.label_origin else "", "dim")
    text.append("\n" + _place(row.ra, row.dec))
    return text


def _row_groups(row: ObjectRow, meanings: Mapping[str, str]) -> list[Group]:
    groups = [Group("known as", [Fact("", name) for name in row.aliases])]
    facts = []
    for name, value in row.fields.items():
        if value is not None:
            unit = unit_of(name) if isinstance(value, int | float) else None
            facts.append(Fact(name, _value(value), value, unit=unit or "", note=meanings.get(name, "")))
    groups.append(Group("fields of the answer", facts))
    if row.survey:
        groups.insert(0, Group("enter fetches the whole light curve", [Fact("", "")]))
    return [group for group in groups if group.facts]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}".replace("-", MINUS)
    return str(value)
