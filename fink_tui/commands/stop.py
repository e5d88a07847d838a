"""A wish to stop, for commands that go on until they are told."""

from __future__ import annotations

import signal
from types import FrameType


class Stop:
    """Set by SIGINT and SIGTERM; looked at between two batches."""

    def __init__(self) -> None:
        self.is_asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.is_asked = True
