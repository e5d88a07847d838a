"""Rules as they are configured: `[rules.NAME]` tables -> Rule.

A rule sees a target as the list shows it right after an alert came, and its "now" is when the target's newest alert was
observed: what it does on a stored night is what it would have done live.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fink_tui.filters.errors import FilterError, one_line
from fink_tui.filters.predicate import target_filter
from fink_tui.sky.sites import Site
from fink_tui.store.decisions import PRIORITIES
from fink_tui.store.targets import Target

VERDICTS = ("watch", "follow", "reject")
BELL, DESKTOP = "bell", "desktop"
_DEEDS = ("tag", "priority", "verdict", "notify", "command")
_KEYS = ("when", *_DEEDS, "enabled")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: on targets that match it gives a tag, a priority and a verdict, notifies, and runs a command."""

    name: str
    when: str
    matches: Callable[[Target], bool]
    tag: str | None = None
    priority: int | None = None
    verdict: str | None = None
    notify: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    enabled: bool = True

    @property
    def does(self) -> str:
        """All that it does, in few words."""
        words = [f"#{self.tag}" if self.tag else "", f"priority {self.priority}" if self.priority else ""]
        words += [self.verdict or "", *self.notify, f"runs {self.command[0]}" if self.command else ""]
        return ", ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A rule that is not used. `error` is where its filter is wrong, where that is the reason."""

    name: str
    why: str
    when: str = ""
    error: FilterError | None = None

    def __str__(self) -> str:
        return f"rule {self.name} is not used: {self.why}"


def read_rules(
    tables: Mapping[str, Mapping[str, Any]], sites: Sequence[Site]
) -> tuple[tuple[Rule, ...], tuple[Wrong, ...]]:
    """The rules of a configuration in its order, also those not enabled, and those that are wrong.

    What a rule asks of the sky is asked for the first site.
    """
    rules: list[Rule] = []
    wrong: list[Wrong] = []
    for name, table in tables.items():
        try:
            rules.append(_rule(name, table, sites[0]))
        except FilterError as error:
            when = str(table["when"])
            wrong.append(Wrong(name, f"when: {one_line(when, error)}", when, error))
        except ValueError as error:
            wrong.append(Wrong(name, str(error)))
    return tuple(rules), tuple(wrong)


def _rule(name: str, table: Mapping[str, Any], site: Site) -> Rule:
    for key in table:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            raise ValueError(f"there is no {key}: {near[0]}?" if near else f"there is no {key}: {', '.join(_KEYS)}")
    when = table.get("when")
    if not isinstance(when, str) or not when.strip():
        raise ValueError('when is missing: a filter such as when = "class~SN and mag<19"')
    rule = Rule(
        name,
        when,
        # An alert that comes late is no younger for that, and a stored one is tried as it was.
        target_filter(when, clock=lambda target: target.last_mjd or 0.0, sky=lambda target: _sky(target, site)),
        tag=_tag(table.get("tag")),
        priority=_choice("priority", table.get("priority"), PRIORITIES),
        verdict=_choice("verdict", table.get("verdict"), VERDICTS),
        notify=_notify(table.get("notify")),
        command=_command(table.get("command")),
        enabled=bool(_choice("enabled", table.get("enabled", True), (True, False))),
    )
    if not rule.does:
        raise ValueError(f"it does nothing: give it {', '.join(_DEEDS[:-1])} or {_DEEDS[-1]}")
    return rule


def _tag(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.isprintable() or len(value.split()) != 1 or len(value) > 40:
        raise ValueError("tag: expected one word")
    return value.strip()


def _choice(key: str, value: Any, choices: tuple[Any, ...]) -> Any:
    if value is None:
        return None
    # True is 1 to Python.
    if not any(value == choice and type(value) is type(choice) for choice in choices):
        said = [str(choice).lower() for choice in choices]
        raise ValueError(f"{key}: expected {', '.join(said[:-1])} or {said[-1]}")
    return value


def _notify(value: Any) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(words, list) or not all(word in (BELL, DESKTOP) for word in words):
        raise ValueError(f'notify: expected "{BELL}", "{DESKTOP}" or a list of both')
    return tuple(dict.fromkeys(words))


def _command(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(word, str) and "\0" not in word for word in value)
    ):
        raise ValueError('command: expected a list of words such as ["my-script", "--quick"]; no shell reads it')
    program, *arguments = value
    return (str(Path(program).expanduser()) if program.startswith("~") else program, *arguments)


def _sky(target: Target, site: Site) -> Any:
    if target.ra is None or target.dec is None or target.last_mjd is None:
        return None
    from fink_tui.sky.night import night_at
    from fink_tui.sky.visibility import visibility

    night = night_at(site, target.last_mjd)
    return visibility([target.ra], [target.dec], night, target.last_mjd)[0]
