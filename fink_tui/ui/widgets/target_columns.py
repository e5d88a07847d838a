"""The columns of a list of targets."""

from __future__ import annotations

from fink_tui.fink.topics import short_topic
from fink_tui.store.targets import Target
from fink_tui.ui import format as shown
from fink_tui.ui.widgets.almanac import Almanac
from fink_tui.ui.widgets.columns import Column
from fink_tui.ui.widgets.visibility_columns import visibility_columns


def target_columns(almanac: Almanac) -> tuple[Column[Target], ...]:
    """All columns, in their order on the screen; what gives way first where there is no room has the highest number."""
    alt, best, hours, moon = visibility_columns(almanac)
    return (
        Column("name", "object", 18, "left", lambda t: (t.name, "dim" if t.status == "reject" else "")),
        Column("class", "class", 0, "left", shown.short_class, least=12),
        Column("mag", "mag", 11, "right", shown.brightness),
        Column("change", "Δ mag", 5, "right", shown.change, 1),
        Column("rate", "mag/d", 5, "right", shown.rate, 9),
        Column("n", "n", 3, "right", lambda t: (str(t.n_alerts), ""), 4),
        Column("age", "age", 5, "right", _age, 5),
        alt,
        best,
        Column("changed", "news", 5, "left", shown.news, 1),
        Column("priority", "p", 1, "right", lambda t: (str(t.priority or ""), "accent"), 6),
        hours,
        moon,
        Column("seen", "seen UTC", 11, "right", lambda t: (shown.clock(t.last_mjd), "dim"), 10),
        Column("tag", "tags", 12, "left", lambda t: (" ".join(t.tags), "accent"), 11),
        Column("topic", "topics", 0, "left", lambda t: (" ".join(map(short_topic, t.topics)), "dim"), 12, least=16),
    )


def _age(target: Target) -> tuple[str, str]:
    return (shown.NOTHING, "dim") if target.is_moving else (shown.span(target.age_days), "")
