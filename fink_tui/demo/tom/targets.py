"""Targets: read, made and changed step by step, each step committed before the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fink_tui.demo.tom import fields
from fink_tui.demo.tom.access import User
from fink_tui.demo.tom.fields import NOT_PATCHED, NUMBERS, TEXTS, Wrong
from fink_tui.demo.tom.messages import Refused, Reply, Request, invalid, json_reply, not_found
from fink_tui.demo.tom.pages import listed
from fink_tui.demo.tom.search import found
from fink_tui.demo.tom.site import Site
from fink_tui.demo.tom.tables import now

_LISTS = ("targetextra_set", "aliases", "target_lists", "groups")
_COLUMNS = {"id", "name", "type", "created", "modified", "permissions", "scheme", *NUMBERS, *TEXTS}
_PERMISSIONS = ("view", "change", "delete")


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets as one user has to do with them."""

    site: Site
    db: sqlite3.Connection
    user: User

    def find(self, request: Request) -> Reply:
        """Those that fit the request's query."""
        return listed(self.site, request, found(self.db, self.user, request.query), self.shown)

    def read(self, key: str) -> Reply:
        """One of them."""
        return json_reply(self.shown(self._one(key, "view")))

    def options(self) -> Reply:
        """What the fields are."""
        about = {"name": "Target List", "renders": ["application/json", "text/html"], "parses": ["application/json"]}
        return json_reply({**about, "actions": {"POST": fields.described(self._fields(None))}})

    def create(self, data: Any, alone: bool = True) -> Reply:
        """Make one, in the steps of the real one: an error leaves what is made by then.

        Who is not `alone` in making one comes no further than its row: on SQLite as tom_setup leaves it, that is what
        two at a time mostly come to.
        """
        values = self._checked(data, None, partial=False)
        lists = {name: values.pop(name, []) for name in _LISTS}
        key = self._insert(values)
        if not alone:
            raise sqlite3.OperationalError("database is locked")
        for permission in _PERMISSIONS:
            self.db.execute(
                "INSERT INTO guardian_userobjectpermission (object_pk, permission_id, user_id)"
                " SELECT ?, id, ? FROM auth_permission WHERE codename=?",
                (str(key), self.user.id, f"{permission}_target"),
            )
        for group in lists["groups"]:
            self._give(key, self._group(group["id"]) if "id" in group else self._made_group(group["name"]))
        self._add_aliases(key, values.get("name", ""), lists["aliases"])
        self._add_extras(key, lists["targetextra_set"])
        self._add_to_lists(key, lists["target_lists"])
        return json_reply({**self.shown(self._row(key)), "message": "Target successfully uploaded."}, 201)

    def change(self, key: str, data: Any, partial: bool) -> Reply:
        """Change one, or with PUT the same; lists only ever grow."""
        row = self._one(key, "change")
        values = self._checked(data, row["id"], partial)
        lists = {name: values.pop(name, []) for name in _LISTS}
        for group in lists["groups"]:
            self._give(row["id"], self._group(group["id"]))
        for alias in lists["aliases"]:
            self._change_alias(row, alias)
        for extra in lists["targetextra_set"]:
            self._change_extra(row["id"], extra)
        self._add_to_lists(row["id"], lists["target_lists"])
        changed = {name: value for name, value in values.items() if name not in NOT_PATCHED} | {"modified": now()}
        columns = ", ".join(f"{name}=?" for name in changed)
        self.db.execute(f"UPDATE tom_targets_basetarget SET {columns} WHERE id=?", (*changed.values(), row["id"]))
        return json_reply({**self.shown(self._row(row["id"])), "message": "Target successfully updated."})

    def delete(self, key: str) -> Reply:
        """Delete one with all that hangs on it; who may change may do that too."""
        row = self._one(key, "delete")
        for table in ("targets_targetname", "targets_targetextra", "dataproducts_reduceddatum"):
            self.db.execute(f"DELETE FROM tom_{table} WHERE target_id=?", (row["id"],))
        self.db.execute("DELETE FROM tom_dataproducts_photometryreduceddatum WHERE target_id=?", (row["id"],))
        self.db.execute("DELETE FROM tom_targets_targetlist_targets WHERE basetarget_id=?", (row["id"],))
        self.db.execute("DELETE FROM tom_targets_basetarget WHERE id=?", (row["id"],))
        return Reply(204, b"")

    def shown(self, row: sqlite3.Row) -> dict[str, Any]:
        """A target as JSON; the lists it is in are never told."""
        key = row["id"]
        extras = self.db.execute(
            "SELECT id, key, value FROM tom_targets_targetextra WHERE target_id=? ORDER BY id", (key,)
        )
        aliases = self.db.execute("SELECT id, name FROM tom_targets_targetname WHERE target_id=? ORDER BY id", (key,))
        groups = self.db.execute(
            "SELECT DISTINCT g.id, g.name FROM guardian_groupobjectpermission o JOIN auth_group g ON g.id=o.group_id"
            " WHERE o.object_pk=?",
            (str(key),),
        )
        first = ("name", "type", "created", "modified", "permissions")
        numbers = list(NUMBERS)
        names = [*first, *numbers[:10], "scheme", *numbers[10:], *(TEXTS if self.site.modern else ())]
        own = {name: row[name] for name in names}
        own |= {name: f"{row[name].replace(' ', 'T')}Z" for name in ("created", "modified")}
        head = {"id": key, "targetextra_set": _dicts(extras), "aliases": _dicts(aliases)}
        return {**head, **own, "groups": _dicts(groups)}

    def _one(self, key: str, permission: str) -> sqlite3.Row:
        sql = f"SELECT * FROM tom_targets_basetarget WHERE id=? AND id IN ({self.user.permitted(permission)})"
        row: sqlite3.Row | None = self.db.execute(sql, (key if key.isdecimal() else -1,)).fetchone()
        if row is None:
            raise not_found()
        return row

    def _row(self, key: int) -> sqlite3.Row:
        row: sqlite3.Row = self.db.execute("SELECT * FROM tom_targets_basetarget WHERE id=?", (key,)).fetchone()
        return row

    def _checked(self, data: Any, key: int | None, partial: bool) -> dict[str, Any]:
        try:
            values = fields.checked(data, self._fields(key), partial)
        except Wrong as wrong:
            raise invalid(wrong.errors) from wrong
        fields.together(values)
        return {name: value for name, value in values.items() if name not in self.site.required_fields}

    def _fields(self, key: int | None) -> list[fields.Field]:
        def free_name(name: str) -> str:
            taken = "SELECT 1 FROM tom_targets_basetarget WHERE name=? AND id IS NOT ?"
            if self.db.execute(taken, (name, key)).fetchone():
                raise Wrong("target with this Name already exists.")
            return name

        def free_alias(name: str) -> str:
            if self._alias_taken(name):
                raise Wrong("target name with this Alias already exists.")
            return name

        return fields.of_target(self.site, free_name, free_alias)

    def _alias_taken(self, name: str) -> bool:
        return bool(self.db.execute("SELECT 1 FROM tom_targets_targetname WHERE name=?", (name,)).fetchone())

    def _insert(self, values: Mapping[str, Any]) -> int:
        moment = now()
        row = {"name": "", "scheme": "", "permissions": "PRIVATE", **values, "created": moment, "modified": moment}
        places = ", ".join("?" * len(row))
        made = self.db.execute(
            f"INSERT INTO tom_targets_basetarget ({', '.join(row)}) VALUES ({places})", [*row.values()]
        )
        assert made.lastrowid is not None
        defaults = [field for field in self.site.extra_fields if "default" in field]
        for field in defaults:
            self._insert_extra(made.lastrowid, {"key": field["name"], "value": str(field["default"])})
        return made.lastrowid

    def _group(self, key: int) -> int:
        row = self.db.execute("SELECT id FROM auth_group WHERE id=?", (key,)).fetchone()
        return int(row["id"])

    def _made_group(self, name: str) -> int:
        self.db.execute("INSERT OR IGNORE INTO auth_group (name) VALUES (?)", (name,))
        return int(self.db.execute("SELECT id FROM auth_group WHERE name=?", (name,)).fetchone()["id"])

    def _give(self, key: int, group: int) -> None:
        for permission in _PERMISSIONS:
            self.db.execute(
                "INSERT OR IGNORE INTO guardian_groupobjectpermission (object_pk, permission_id, group_id)"
                " SELECT ?, id, ? FROM auth_permission WHERE codename=?",
                (str(key), group, f"{permission}_target"),
            )

    def _add_aliases(self, key: int, name: str, aliases: Iterable[Mapping[str, Any]]) -> None:
        if any(alias["name"] == name for alias in aliases):
            self.db.execute("DELETE FROM tom_targets_basetarget WHERE id=?", (key,))
            raise _own_name(name)
        for alias in aliases:
            self._insert_alias(key, alias)

    def _insert_alias(self, key: int, alias: Mapping[str, Any]) -> None:
        values = (alias.get("id"), alias["name"], key)
        self.db.execute("INSERT INTO tom_targets_targetname (id, name, target_id) VALUES (?, ?, ?)", values)

    def _change_alias(self, row: sqlite3.Row, alias: Mapping[str, Any]) -> None:
        if alias["name"] == row["name"]:
            raise _own_name(row["name"])
        if alias.get("id"):
            query = "SELECT target_id FROM tom_targets_targetname WHERE id=?"
            if self.db.execute(query, (alias["id"],)).fetchone()["target_id"] != row["id"]:
                words = f"TargetName identified by id '{alias['id']}' is not an alias of Target '{row['name']}'"
                raise invalid([words])
            self.db.execute("UPDATE tom_targets_targetname SET name=? WHERE id=?", (alias["name"], alias["id"]))
        elif not self._alias_taken(alias["name"]):
            self._insert_alias(row["id"], alias)

    def _add_extras(self, key: int, extras: Iterable[Mapping[str, Any]]) -> None:
        for extra in extras:
            if not (self.site.modern and extra["key"] in _COLUMNS):
                self._insert_extra(key, extra)

    def _insert_extra(self, key: int, extra: Mapping[str, Any]) -> None:
        values = (extra.get("id"), extra["key"], extra.get("value", ""), key)
        self.db.execute("INSERT INTO tom_targets_targetextra (id, key, value, target_id) VALUES (?, ?, ?, ?)", values)

    def _change_extra(self, key: int, extra: Mapping[str, Any]) -> None:
        """Whose extra an id names is not looked at: that of another target moves here."""
        if not extra.get("id"):
            self._insert_extra(key, extra)
            return
        values = (extra["key"], extra.get("value", ""), key, extra["id"])
        sql = "UPDATE tom_targets_targetextra SET key=?, value=?, target_id=? WHERE id=?"
        if not self.db.execute(sql, values).rowcount:
            raise LookupError(extra["id"])

    def _add_to_lists(self, key: int, lists: Iterable[Mapping[str, Any]]) -> None:
        for wanted in lists:
            known = self.db.execute("SELECT id FROM tom_targets_targetlist WHERE name=?", (wanted["name"],)).fetchall()
            if len(known) > 1:
                raise LookupError(f"{len(known)} lists are called {wanted['name']}")
            moment = now()
            values = (wanted["name"], moment, moment)
            sql = "INSERT INTO tom_targets_targetlist (name, created, modified) VALUES (?, ?, ?)"
            which = known[0]["id"] if known else self.db.execute(sql, values).lastrowid
            self.db.execute(
                "INSERT OR IGNORE INTO tom_targets_targetlist_targets (targetlist_id, basetarget_id) VALUES (?, ?)",
                (which, key),
            )


def _own_name(name: str) -> Refused:
    return invalid([f"Alias '{name}' conflicts with Target name '{name}'."])


def _dicts(rows: Iterable[sqlite3.Row]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]
