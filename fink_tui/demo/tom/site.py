"""How a TOM is set up: its version, its accounts, and what an administrator may have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VERSIONS = ("3.1", "2.32")
ANONYMOUS = "AnonymousUser"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in."""

    name: str
    password: str
    token: str
    groups: Sequence[str] = ()
    superuser: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """One TOM.

    `locked`: nobody in without a log-in on the web, `open_api`: but the API; `login_required`: no anonymous requests;
    `token_days`: how long a token is good for; `throttle`: "3/minute"; `pages`: page numbers of so many targets in
    place of limit and offset; `extra_fields`: as EXTRA_FIELDS; `required_fields`: more columns that a target must have.
    """

    database: Path
    version: str
    accounts: Sequence[Account] = field(default=())
    locked: bool = False
    open_api: bool = False
    login_required: bool = False
    token_days: int | None = None
    throttle: str = ""
    pages: int = 0
    extra_fields: Sequence[Mapping[str, Any]] = ()
    required_fields: Sequence[str] = ()

    @property
    def modern(self) -> bool:
        """Whether it is of version 3: tokens are honoured, photometry has a table of its own."""
        return not self.version.startswith("2.")
