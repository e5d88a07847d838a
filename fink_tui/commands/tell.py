"""What rules have to say, for commands without a screen: lines on stderr, and the bell where that is a terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from fink_tui.commands.begin import say
from fink_tui.commands.stop import Stop
from fink_tui.follower import Follower
from fink_tui.rules.calls import Call, sequences
from fink_tui.settings import Settings


def calls_and_notes(follower: Follower, *, is_last: bool = False) -> tuple[list[Call], list[str]]:
    """The calls since the last time, and all that is to be said: what failed, and the calls in words."""
    calls = follower.calls(is_last=is_last)
    notes = [*follower.notes, *(f"rule {call.text}" for call in calls)]
    follower.notes.clear()
    return calls, notes


def ring(calls: Sequence[Call], settings: Settings) -> None:
    """Ring the bell of the terminal and notify its desktop."""
    if calls and sys.stderr.isatty():
        sys.stderr.write(sequences(calls, settings.notifications, os.environ))
        sys.stderr.flush()


def tell(follower: Follower, settings: Settings, *, is_last: bool = False) -> None:
    """Say and ring what is new."""
    calls, notes = calls_and_notes(follower, is_last=is_last)
    for text in notes:
        say(text if text.startswith("rule ") else f"fink-tui: {text}")
    ring(calls, settings)


def finish_errands(follower: Follower, settings: Settings, stop: Stop) -> None:
    """Let the commands of rules run to their end; those that wait when it is asked to stop go on next time."""
    said = False
    while (left := follower.run_errands()) and not stop.is_asked:
        tell(follower, settings)
        if not said:
            say(f"waiting for {left:,} commands of rules; ctrl-C leaves them")
            said = True
        time.sleep(0.05)
    if left:
        say(f"{left:,} commands of rules are left: those not begun are run by the next start within an hour")
    tell(follower, settings, is_last=True)
