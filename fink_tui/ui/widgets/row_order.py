"""The order of a table's rows, its filter and its cursor: what `Rows` shows, without the showing.

Rows lie in the order of their arrival, the newest on top, or are sorted by a rank, equal ones the newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

RowT = TypeVar("RowT")


class RowOrder(Generic[RowT]):
    """Rows by key, of which a filter shows some and the cursor is on one; at line 0 the newest, or the lowest rank.

    `cursor` is the line of the cursor's row, or None when no row is shown. The cursor follows its row, not its line.
    """

    def __init__(self, key: Callable[[RowT], Hashable]) -> None:
        self._key = key
        # Dictionaries keep the order of insertion, so the last entry is line 0 and moving a row to the top costs
        # a pop and an insert.
        self._all: dict[Hashable, RowT] = {}
        self._shown: dict[Hashable, RowT] = self._all
        self._keys: list[Hashable] = []
        self._accept: Callable[[RowT], bool] | None = None
        self._rank: Callable[[RowT], Any] | None = None
        self._ranks: dict[Hashable, Any] = {}
        self._held: Hashable = None
        self.cursor: int | None = None
        self.unseen: set[Hashable] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._all

    @property
    def count_all(self) -> int:
        """The number of rows, those included that the filter hides."""
        return len(self._all)

    @property
    def current(self) -> RowT | None:
        """The row under the cursor."""
        return None if self.cursor is None else self.row_at(self.cursor)

    @property
    def current_key(self) -> Hashable:
        """The key of the row under the cursor; None when no row is shown."""
        return None if self.cursor is None else self._held

    def key_at(self, line: int) -> Hashable:
        """The key of the row on a line."""
        return self._keys[-1 - line]

    def row_at(self, line: int) -> RowT:
        """The row on a line."""
        return self._shown[self._keys[-1 - line]]

    def all_rows(self) -> list[RowT]:
        """Every row, hidden ones too."""
        return list(self._all.values())

    def rows_of(self, keys: Iterable[Hashable]) -> list[RowT]:
        """The rows of these keys, hidden ones too."""
        return [self._all[key] for key in keys if key in self._all]

    def line_of(self, key: Hashable) -> int | None:
        """The line of a row; None when it is hidden or unknown."""
        return len(self._keys) - 1 - self._keys.index(key) if key in self._shown else None

    def put_cursor(self, line: int) -> None:
        """Move the cursor to a line; a row it leaves that the filter no longer accepts is shown no longer."""
        left, self._held = self._held, self.key_at(line)
        self.cursor = line
        if left != self._held and self._accept and left in self._shown and not self._accept(self._shown[left]):
            del self._shown[left]
            self._settle()

    def replace(self, rows: Iterable[RowT]) -> None:
        """Take other rows, line 0 first; of two with one key the first counts."""
        before = self._keys
        self._all = {}
        for row in reversed(list(rows)):
            key = self._key(row)
            self._all.pop(key, None)
            self._all[key] = row
        self._ranks.clear()
        self.unseen.clear()
        if self._held not in self._all:
            self._held = None
        self._sift(before)

    def set_filter(self, accept: Callable[[RowT], bool] | None) -> None:
        """Show the rows that the predicate accepts, or every row; the cursor stays on its row or the nearest left."""
        self._accept = accept
        self.unseen.clear()
        self._sift(list(self._all))

    def set_rank(self, rank: Callable[[RowT], Any] | None) -> None:
        """Sort the rows by what `rank` gives of each, the lowest on top, or leave them in order of arrival."""
        self._rank = rank
        self._ranks.clear()
        self.unseen.clear()
        self._settle()

    def update(self, changed: Iterable[RowT], to_top: bool) -> None:
        """Put rows, in order of arrival, on top; the cursor's row changes where it is. See `Rows.update_rows`."""
        changed = list(changed)
        for row in changed:
            self._ranks.pop(self._key(row), None)
        if to_top:
            self._put_on_top(changed)
        else:
            self._put_in_place(changed)

    def remove(self, keys: Iterable[Hashable]) -> None:
        """Forget rows; the cursor goes to the nearest left, rather below than above."""
        before = self._keys
        for key in keys:
            self._all.pop(key, None)
            self._shown.pop(key, None)
            self._ranks.pop(key, None)
            self.unseen.discard(key)
        self._settle(before)

    def see_from(self, top: int) -> None:
        """Note that the lines from `top` on are in view, so that only rows above them stay unseen."""
        if len(self.unseen) > top:
            self.unseen &= set(self._keys[len(self._keys) - top :])

    def _put_on_top(self, changed: Iterable[RowT]) -> None:
        arrived: set[Hashable] = set()
        filtered = self._shown is not self._all
        for row in changed:
            key = self._key(row)
            if key == self._held and self.cursor is not None:
                self._all[key] = self._shown[key] = row
                continue
            self._all.pop(key, None)
            self._all[key] = row
            if filtered:
                self._shown.pop(key, None)
            if self._accept is None or self._accept(row):
                self._shown[key] = row
                arrived.add(key)
            else:
                arrived.discard(key)
                self.unseen.discard(key)
        self.unseen |= arrived
        self._settle()

    def _put_in_place(self, changed: Iterable[RowT]) -> None:
        late: dict[Hashable, RowT] = {}
        for row in changed:
            key = self._key(row)
            (self._all if key in self._all else late)[key] = row
        if late:
            self._all = {**dict(reversed(late.items())), **self._all}
        unseen = self.unseen
        self._sift(self._keys, keep_held=True)
        self.unseen = {key for key in unseen if key in self._shown}

    def _sift(self, before: list[Hashable], keep_held: bool = False) -> None:
        accept, held = self._accept, self._held if keep_held else None
        if accept is None:
            self._shown = self._all
        else:
            self._shown = {key: row for key, row in self._all.items() if accept(row) or (keep_held and key == held)}
        self._settle(before)

    def _settle(self, before: list[Hashable] | None = None) -> None:
        """Number the lines anew and find the cursor's row, or the one that was nearest to it in `before`."""
        self._keys = list(self._shown) if self._rank is None else self._sorted(self._rank)
        if not self._keys:
            self.cursor = None
            return
        if self._held not in self._shown:
            self._held = self._nearest(before or [])
        self.cursor = self.line_of(self._held)

    def _sorted(self, rank: Callable[[RowT], Any]) -> list[Hashable]:
        for key, row in self._shown.items():
            if key not in self._ranks:
                self._ranks[key] = rank(row)
        # What was in order stays nearly so, and Python's sort is quick where that is the case.
        there = [key for key in self._keys if key in self._shown]
        known = set(there)
        return sorted(
            [*there, *(key for key in self._shown if key not in known)], key=self._ranks.__getitem__, reverse=True
        )

    def _nearest(self, before: list[Hashable]) -> Hashable:
        if self._held is not None and self._held in before:
            place = before.index(self._held)
            for step in range(1, len(before)):
                for near in (place - step, place + step):
                    if 0 <= near < len(before) and before[near] in self._shown:
                        return before[near]
        return self._keys[-1]
