"""Where the program keeps its files, by the XDG rules."""

from __future__ import annotations

import os
from pathlib import Path


def _base(variable: str, default: str) -> Path:
    value = os.environ.get(variable, "")
    # The XDG specification tells to ignore a relative path.
    return Path(value) if value.startswith("/") else Path.home() / default


def config_file() -> Path:
    """The configuration: $XDG_CONFIG_HOME/fink-tui/config.toml."""
    return _base("XDG_CONFIG_HOME", ".config") / "fink-tui" / "config.toml"


def data_dir() -> Path:
    """The folder of the database: $XDG_DATA_HOME/fink-tui."""
    return _base("XDG_DATA_HOME", ".local/share") / "fink-tui"


def database_file() -> Path:
    """The database where none is named."""
    return data_dir() / "fink-tui.db"


def log_file() -> Path:
    """The log of the program and of librdkafka: $XDG_STATE_HOME/fink-tui/fink-tui.log."""
    return _base("XDG_STATE_HOME", ".local/state") / "fink-tui" / "fink-tui.log"


def cache_dir() -> Path:
    """Answers of Fink's API that may be used again: $XDG_CACHE_HOME/fink-tui. Nothing in it is missed when it goes."""
    return _base("XDG_CACHE_HOME", ".cache") / "fink-tui"
