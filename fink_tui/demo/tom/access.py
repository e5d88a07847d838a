"""Who asks, and what he may see and change."""

from __future__ import annotations

import base64
import math
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fink_tui.demo.tom.messages import HTML, Refused, Reply, json_reply
from fink_tui.demo.tom.site import ANONYMOUS, Site

# The targets on which an account has a permission, its own or one of its groups'.
_PERMITTED = """
SELECT CAST(o.object_pk AS INT) FROM guardian_userobjectpermission o JOIN auth_permission p ON p.id=o.permission_id
WHERE o.user_id={user} AND p.codename='{permission}_target'
UNION SELECT CAST(o.object_pk AS INT) FROM guardian_groupobjectpermission o
JOIN auth_permission p ON p.id=o.permission_id JOIN auth_user_groups m ON m.group_id=o.group_id
WHERE m.user_id={user} AND p.codename='{permission}_target'
"""


@dataclass(frozen=True, slots=True)
class User:
    """Who asks; also nobody in particular is a user here, as in guardian."""

    id: int
    name: str
    superuser: bool

    @property
    def anonymous(self) -> bool:
        """Whether he has not said who he is."""
        return self.name == ANONYMOUS

    def permitted(self, permission: str) -> str:
        """SQL for the ids of the targets that he may "view", "change" or "delete"."""
        if self.superuser:
            return "SELECT id FROM tom_targets_basetarget"
        return _PERMITTED.format(user=self.id, permission=permission)


def who(site: Site, db: sqlite3.Connection, headers: Mapping[str, str]) -> User:
    """The user of a request; raises Refused where a header names one and does not prove it."""
    kind, _, given = headers.get("authorization", "").partition(" ")
    row = None
    if kind.lower() == "token" and site.modern:
        row = _by_token(site, db, given)
    elif kind.lower() == "basic":
        row = _by_password(site, db, given)
    elif site.login_required:
        raise _refused(site, "Authentication credentials were not provided.")
    if row is None:
        row = db.execute("SELECT * FROM auth_user WHERE username=?", (ANONYMOUS,)).fetchone()
    return User(row["id"], row["username"], bool(row["is_superuser"]))


def closed(site: Site, path: str) -> Reply | None:
    """What a locked TOM answers to all; a log-in on the web is not known here, as it is not to the API there."""
    if not site.locked or site.open_api or not path.startswith("/api/"):
        return None
    return Reply(403, b"", HTML) if site.modern else _to_log_in(path)


def no_forbidden(site: Site, path: str, reply: Reply) -> Reply:
    """Version 2 sends whoever is refused to the page for logging in, scripts too."""
    return _to_log_in(path) if reply.status == 403 and not site.modern else reply


class Throttle:
    """So many requests of one user in a second, minute, hour or day."""

    def __init__(self, rate: str) -> None:
        number, _, period = rate.partition("/")
        self._most = int(number or 0)
        self._period = {"s": 1, "m": 60, "h": 3600, "d": 86400}[(period or "s")[0]]
        self._times: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def check(self, user: User) -> None:
        """Count a request; raises Refused with 429 when it is one too many."""
        if not self._most:
            return
        with self._lock:
            now = time.monotonic()
            times = [past for past in self._times.get(user.name, []) if now - past < self._period]
            if len(times) < self._most:
                self._times[user.name] = [*times, now]
                return
        wait = math.ceil(self._period - (now - times[0]))
        words = f"Request was throttled. Expected available in {wait} second{'' if wait == 1 else 's'}."
        raise Refused(json_reply({"detail": words}, 429, {"Retry-After": str(wait)}))


def _by_token(site: Site, db: sqlite3.Connection, given: str) -> sqlite3.Row:
    if not given:
        raise _refused(site, "Invalid token header. No credentials provided.")
    if " " in given.strip():
        raise _refused(site, "Invalid token header. Token string should not contain spaces.")
    query = "SELECT u.*, t.created FROM authtoken_token t JOIN auth_user u ON u.id=t.user_id WHERE t.key=?"
    row: sqlite3.Row | None = db.execute(query, (given,)).fetchone()
    if row is None:
        raise _refused(site, "Invalid token.")
    if not row["is_active"]:
        raise _refused(site, "User inactive or deleted.")
    if site.token_days and row["created"] < str(datetime.now(UTC) - timedelta(days=site.token_days)):
        words = f"This API token is older than {site.token_days} days and has expired. "
        raise _refused(site, words + "Regenerate it on your profile edit page.")
    return row


def _by_password(site: Site, db: sqlite3.Connection, given: str) -> sqlite3.Row:
    try:
        name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        raise _refused(site, "Invalid basic header. Credentials not correctly base64 encoded.") from None
    query = "SELECT * FROM auth_user WHERE username=? AND password=? AND is_active"
    row: sqlite3.Row | None = db.execute(query, (name, password)).fetchone()
    if row is None or row["username"] == ANONYMOUS:
        raise _refused(site, "Invalid username/password.")
    return row


def _refused(site: Site, detail: str) -> Refused:
    status = 401 if site.modern else 403
    return Refused(json_reply({"detail": detail}, status, {"WWW-Authenticate": "Token"} if site.modern else {}))


def _to_log_in(path: str) -> Reply:
    return Reply(302, b"", HTML, {"Location": f"/accounts/login/?next={path}"})
