"""An entry of the journal in words."""

from __future__ import annotations

from collections.abc import Mapping

from fink_tui.store.journal import Change, Entry


def in_words(entry: Entry, named: Mapping[int, str]) -> str:
    """Whom an entry was about, and what they have now."""
    about = list(dict.fromkeys(change.target for change in entry.changes))
    who = named.get(about[0], f"target {about[0]}") if len(about) == 1 else f"{len(about)} targets"
    now_words = list(dict.fromkeys(word for change in entry.changes if (word := _now(change))))
    return f"{who} {', '.join(now_words)}".strip()


def _now(change: Change) -> str:
    if change.field == "status":
        return f"now {change.after}"
    if change.field == "priority":
        return f"now priority {change.after}" if change.after else "now without priority"
    if change.field == "tag":
        return f"with #{change.after}" if change.after else f"without #{change.before}"
    if change.field == "pair":
        return "" if change.after is None else "one with others" if change.after[2] == "same" else "apart from others"
    if change.field == "note":
        return f"note: {change.after[2]}" if change.after else "without the note"
    if change.field == "back":
        return str(change.after or "")
    return ""
