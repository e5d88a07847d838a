"""A TOM as configured: its address, and what there is to log in with."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class TomAccount:
    """One TOM. `name` is that of its table in the configuration, "" for [tom] itself; `url` has no slash at its end."""

    name: str
    url: str
    group: str = ""
    username: str = ""
    force_http: bool = False
    token: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token_file: Path | None = None

    @property
    def host(self) -> str:
        """The TOM's name on the network, as messages have it."""
        return urlsplit(self.url).netloc.rpartition("@")[2] or self.url

    @property
    def is_loopback(self) -> bool:
        """Whether the TOM is on this machine."""
        name = urlsplit(self.url).hostname or ""
        try:
            return name == "localhost" or ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False
