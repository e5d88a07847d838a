"""The program's log file: librdkafka and every library write there and nowhere else."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

_MAX_BYTES = 2_000_000


def open_log(path: Path) -> logging.Logger:
    """Send all logging to a file of bounded size, 0600; where that can't be written, to nowhere."""
    root = logging.getLogger()
    for previous in list(root.handlers):
        root.removeHandler(previous)
    handler: logging.Handler
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    # A handler on the root also keeps fink-client's basicConfig from writing to the terminal.
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    # What logging itself has to say must not reach the terminal either.
    logging.raiseExceptions = False
    logging.lastResort = None
    return logging.getLogger("fink_tui")
