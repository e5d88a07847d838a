"""The tables of a TOM, named as the toolkit names them, as far as its API shows them."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from fink_tui.demo.tom.fields import NUMBERS, TEXTS
from fink_tui.demo.tom.site import ANONYMOUS, Account, Site

_SCHEMA = """
CREATE TABLE auth_user (id INTEGER PRIMARY KEY, username TEXT UNIQUE, password TEXT, is_superuser INT, is_active INT);
CREATE TABLE auth_group (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE auth_user_groups (user_id INT, group_id INT, UNIQUE (user_id, group_id));
CREATE TABLE authtoken_token (key TEXT PRIMARY KEY, created TEXT, user_id INT UNIQUE);
CREATE TABLE auth_permission (id INTEGER PRIMARY KEY, codename TEXT UNIQUE);
CREATE TABLE guardian_userobjectpermission (
    id INTEGER PRIMARY KEY, object_pk TEXT, permission_id INT, user_id INT, UNIQUE (user_id, permission_id, object_pk)
);
CREATE TABLE guardian_groupobjectpermission (
    id INTEGER PRIMARY KEY, object_pk TEXT, permission_id INT, group_id INT, UNIQUE (group_id, permission_id, object_pk)
);
CREATE TABLE tom_targets_basetarget (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, type TEXT NOT NULL, created TEXT, modified TEXT,
    permissions TEXT NOT NULL, scheme TEXT NOT NULL, {columns}
);
CREATE TABLE tom_targets_targetname (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, target_id INT NOT NULL
);
CREATE TABLE tom_targets_targetextra (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, value TEXT NOT NULL, target_id INT NOT NULL,
    UNIQUE (target_id, key)
);
CREATE TABLE tom_targets_targetlist (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, created TEXT, modified TEXT
);
CREATE TABLE tom_targets_targetlist_targets (
    id INTEGER PRIMARY KEY, targetlist_id INT, basetarget_id INT, UNIQUE (targetlist_id, basetarget_id)
);
CREATE TABLE tom_dataproducts_dataproduct (
    id INTEGER PRIMARY KEY AUTOINCREMENT, product_id TEXT UNIQUE, data TEXT, target_id INT, data_product_type TEXT
);
CREATE TABLE tom_dataproducts_reduceddatum (
    id INTEGER PRIMARY KEY AUTOINCREMENT, data_type TEXT, source_name TEXT, source_location TEXT, timestamp TEXT,
    value TEXT NOT NULL, data_product_id INT, target_id INT
);
CREATE TABLE tom_dataproducts_photometryreduceddatum (
    id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT, value TEXT, telescope TEXT, instrument TEXT, source_name TEXT,
    source_location TEXT, brightness REAL, brightness_error REAL, "limit" REAL, unit TEXT, bandpass TEXT,
    exposure_time REAL, data_product_id INT, target_id INT, reduction_version TEXT,
    UNIQUE (target_id, bandpass, timestamp, brightness, instrument, reduction_version),
    UNIQUE (target_id, bandpass, timestamp, "limit", instrument, reduction_version)
);
CREATE INDEX of_user ON guardian_userobjectpermission (object_pk);
CREATE INDEX of_group ON guardian_groupobjectpermission (object_pk);
CREATE INDEX of_name ON tom_targets_targetname (target_id);
CREATE INDEX of_plain ON tom_dataproducts_reduceddatum (target_id);
"""
_LOCKED_WAIT = 0.05  # seconds a write waits for another one; the real one does not wait where it matters


def create(site: Site) -> None:
    """Make the database, with the accounts and their groups."""
    texts = [f"{name} TEXT NOT NULL DEFAULT ''" for name in TEXTS]
    columns = ", ".join([*(f"{name} REAL" for name in NUMBERS), *texts])
    db = connect(site)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript(_SCHEMA.format(columns=columns))
        db.executemany(
            "INSERT INTO auth_permission (codename) VALUES (?)",
            [("view_target",), ("change_target",), ("delete_target",)],
        )
        # guardian's own user and its group come first, as there.
        db.execute("INSERT INTO auth_user VALUES (1, ?, '', 0, 1)", (ANONYMOUS,))
        db.execute("INSERT INTO auth_group VALUES (1, 'guardian')")
        for account in site.accounts:
            _add(db, account)
        db.execute("DELETE FROM auth_group WHERE id=1")
    finally:
        db.close()


def connect(site: Site) -> sqlite3.Connection:
    """A connection that commits every statement by itself."""
    db = sqlite3.connect(site.database, timeout=_LOCKED_WAIT, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA synchronous=OFF")
    return db


def now() -> str:
    """This moment, as it is stored."""
    return datetime.now(UTC).isoformat(sep=" ", timespec="microseconds").removesuffix("+00:00")


def _add(db: sqlite3.Connection, account: Account) -> None:
    names = (account.name, account.password, account.superuser)
    user = db.execute("INSERT INTO auth_user VALUES (NULL, ?, ?, ?, 1)", names).lastrowid
    db.execute("INSERT INTO authtoken_token VALUES (?, ?, ?)", (account.token, now(), user))
    for group in account.groups:
        db.execute("INSERT OR IGNORE INTO auth_group (name) VALUES (?)", (group,))
        db.execute("INSERT INTO auth_user_groups SELECT ?, id FROM auth_group WHERE name=?", (user, group))
