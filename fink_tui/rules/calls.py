"""Telling the person that rules have acted: a line, the terminal's bell, a notification of the desktop.

The escape sequences are those of iTerm2 (OSC 9), of rxvt-unicode (OSC 777) and of kitty (OSC 99), each with what other
terminals took over of them. Whoever owns the terminal writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fink_tui.output.tables import plain
from fink_tui.rules.rule import BELL, DESKTOP, Rule
from fink_tui.store.hits import Hit

_NAMED = 3
_TITLE = "fink-tui"


@dataclass(frozen=True, slots=True)
class Call:
    """One line to the person, and how it is brought to her."""

    text: str
    has_bell: bool
    is_on_desktop: bool


def calls_of(hits: Iterable[Hit], rules: Mapping[str, Rule]) -> list[Call]:
    """One call for each rule that notifies, whatever the number of targets."""
    by_rule: dict[str, dict[int, str]] = {}
    for hit in hits:
        if hit.rule in rules and rules[hit.rule].notify:
            by_rule.setdefault(hit.rule, {})[hit.target] = hit.name
    found = []
    for name, targets in by_rule.items():
        shown, more = list(targets.values())[:_NAMED], len(targets) - _NAMED
        text = f"{name}: {', '.join(shown)}" + (f" and {more:,} more" if more > 0 else "")
        notify = rules[name].notify
        found.append(Call(plain(text), BELL in notify, DESKTOP in notify))
    return found


def sequences(calls: Iterable[Call], mode: str, environ: Mapping[str, str]) -> str:
    """What to write to the terminal for calls; `mode` is one of settings.NOTIFICATIONS."""
    calls = list(calls)
    way = _way(environ) if mode == "auto" else mode
    texts = [call.text for call in calls if call.is_on_desktop] if way != "off" else []
    # Where no desktop can be reached, or none may be, the bell stands in for it.
    is_rung = any(call.has_bell or (call.is_on_desktop and way == "off") for call in calls)
    return "".join(_wrapped(_notification(way, text), environ) for text in texts) + ("\a" if is_rung else "")


def _way(environ: Mapping[str, str]) -> str:
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if term in ("", "dumb", "linux") or term.startswith("vt"):
        return "off"
    if "KITTY_WINDOW_ID" in environ or term == "xterm-kitty":
        return "osc99"
    if term.startswith(("foot", "rxvt", "contour")) or program == "WezTerm":
        return "osc777"
    return "osc9"


def _notification(way: str, text: str) -> str:
    if way == "osc777":
        return f"\x1b]777;notify;{_TITLE};{text}\x1b\\"
    if way == "osc99":
        return f"\x1b]99;i=fink-tui:d=0;{_TITLE}\x1b\\\x1b]99;i=fink-tui:p=body;{text}\x1b\\"
    return f"\x1b]9;{_TITLE}: {text}\x1b\\"


def _wrapped(sequence: str, environ: Mapping[str, str]) -> str:
    """tmux hands on what is wrapped for it, where its option allow-passthrough is on."""
    return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\" if "TMUX" in environ else sequence
