"""What everything after the source relies on: a live stream and a replayed file are read in the same way."""

from __future__ import annotations

from typing import Protocol

from fink_tui.alerts.arrival import Batch


class SourceError(Exception):
    """The source can't be read; the text says which, why, and what to do."""


class Source(Protocol):
    """A place batches come from."""

    def read(self, limit: int, timeout: float) -> Batch | None:
        """The next batch of at most `limit` messages, empty after `timeout` seconds without any; None at the end."""

    def stored(self, batch: Batch) -> None:
        """Told once the batch is safe in the database."""

    def close(self) -> None:
        """Let go of it; never waits."""
