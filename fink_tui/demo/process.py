"""How a process of the simulation ends: on a signal, or with the parent that started it."""

from __future__ import annotations

import os
import signal
import stat
import threading


def stop_on_signals(stop: threading.Event) -> None:
    """Set the event on SIGTERM and SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())


def stop_with_parent(stop: threading.Event) -> None:
    """Set the event when the pipe on the standard input ends, as it does when the parent dies, however it dies."""
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        return

    def watch() -> None:
        while os.read(0, 4096):
            pass
        stop.set()

    threading.Thread(target=watch, name="parent", daemon=True).start()
