"""What the user decides on the rows of a list: verdicts, priorities, tags, notes, and taking any of it back."""

from __future__ import annotations

from textual import work
from textual.containers import Vertical
from textual.message import Message
from textual.worker import Worker, WorkerState

from fink_tui.alerts.nights import night_of
from fink_tui.alerts.times import later, now
from fink_tui.output.journal import in_words
from fink_tui.output.report import night_report
from fink_tui.store.decisions import decide, next_priority, note, rewrite_note, tag
from fink_tui.store.journal import Entry, entries, redo, undo
from fink_tui.store.looks import look
from fink_tui.store.targets import Target, view_target
from fink_tui.ui.desk import Desk
from fink_tui.ui.format import clock
from fink_tui.ui.screens.journal import JournalScreen
from fink_tui.ui.screens.prompt import PromptScreen
from fink_tui.ui.screens.report import ReportScreen
from fink_tui.ui.widgets.rows import Rows

# The journal is shown back to here.
_ENTRIES = 2000


class Judging(Vertical):
    """A list of targets with a hand on it. What a decision changed comes back to the rows by the feed."""

    class Decided(Message):
        """A decision was written, or taken back; or there was nothing to decide."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Failed(Message):
        """The database refused; the text says what was not done."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    _desk: Desk

    @property
    def rows(self) -> Rows[Target]:
        """The table."""
        return self.query_one(Rows)

    @work(group="verdict", exit_on_error=False)
    async def action_decide(self, status: str) -> None:
        """Give the marked targets, or the one under the cursor, a verdict and go on to the next."""
        await self._decide(self.rows.chosen, status, None)

    @work(group="verdict", exit_on_error=False)
    async def action_snooze(self) -> None:
        """Put the targets aside until something changes, or until a time that is asked for."""
        chosen = self.rows.chosen
        if not chosen:
            return
        about = "Nothing: until it has a new alert. Or for how long (2h, 3d), or until when (22:30, 2026-11-30, UTC)."
        wanted = await self.app.push_screen_wait(PromptScreen(f"Snooze {names(chosen)}", about, check=_snooze_time))
        if wanted is not None:
            await self._decide(chosen, "snooze", later(wanted, now()) if wanted else None)

    async def _decide(self, chosen: list[Target], status: str, until: float | None) -> None:
        if not chosen:
            return
        # Where the cursor can't go on, the next verdict would be for the same target: that must be seen.
        end = "" if self._go_on() else " · end of the list"
        ids = [target.id for target in chosen]
        entry = await self._desk.do(lambda conn: decide(conn, ids, status, until=until))
        await self._desk.do(lambda conn: look(conn, ids))
        word = f"{status} until {clock(until)} UTC" if until else status
        self._say_done(entry, f"{word}{_was(entry)}: {names(chosen)}", f"already {word}: {names(chosen)}", end)

    def _go_on(self) -> bool:
        """To the next row, or from the marks, which go; False at the end of the list."""
        before, had_marks = self.rows.current, bool(self.rows.marked)
        if not had_marks:
            self.rows.action_cursor_down()
        self.rows.clear_marks()
        return had_marks or self.rows.current is not before

    @work(group="verdict", exit_on_error=False)
    async def action_prioritise(self) -> None:
        """Give the chosen targets the next priority after that of the first."""
        chosen = self.rows.chosen
        if not chosen:
            return
        # After the stored one: the row may not have heard of the press before.
        entry = await self._desk.do(lambda conn: next_priority(conn, [target.id for target in chosen]))
        self._say_done(entry, f"{entry.action if entry else ''}: {names(chosen)}")

    @work(group="verdict", exit_on_error=False)
    async def action_tag(self) -> None:
        """Ask for tags, and give them to the chosen targets."""
        chosen = self.rows.chosen
        if not chosen:
            return
        there = " ".join(sorted({word for target in chosen for word in target.tags}))
        known = sorted({word for target in self.rows.all_rows() for word in target.tags})
        about = "Words, with blanks between; -word takes one away." + (f" There now: {there}" if there else "")
        typed = await self.app.push_screen_wait(PromptScreen(f"Tag {names(chosen)}", about, offers=known))
        words = [word.lstrip("#").strip(",") for word in (typed or "").split()]
        add = [word for word in words if word and not word.startswith("-")]
        remove = [word[1:].lstrip("#") for word in words if word.startswith("-") and len(word) > 1]
        if add or remove:
            entry = await self._desk.do(lambda conn: tag(conn, [target.id for target in chosen], add, remove))
            self._say_done(entry, f"{entry.action if entry else ''}: {names(chosen)}", "no tag changed")

    @work(group="verdict", exit_on_error=False)
    async def action_note(self) -> None:
        """Ask for a note, and add it to the chosen targets."""
        chosen = self.rows.chosen
        if not chosen:
            return
        typed = await self.app.push_screen_wait(PromptScreen(f"Note on {names(chosen)}", "Dated now, UTC."))
        if typed:
            entry = await self._desk.do(lambda conn: note(conn, [target.id for target in chosen], typed))
            self._say_done(entry, f"noted: {names(chosen)}")

    @work(group="verdict", exit_on_error=False)
    async def action_rewrite_note(self) -> None:
        """Change the last note of the target under the cursor."""
        target = self.rows.current
        view = await self._desk.do(lambda conn: view_target(conn, target.id)) if target else None
        if view is None or not view.notes:
            self.post_message(self.Decided("no note to change: N adds one"))
            return
        last = view.notes[-1]
        about = f"Of {clock(last.at)} UTC. Without text it goes; u brings it back."
        typed = await self.app.push_screen_wait(PromptScreen(f"Note on {view.target.name}", about, last.text))
        if typed is not None:
            entry = await self._desk.do(lambda conn: rewrite_note(conn, last.id, typed))
            self._say_done(entry, f"note {'changed' if typed else 'taken away'}: {view.target.name}", "note unchanged")

    @work(group="verdict", exit_on_error=False)
    async def action_undo(self) -> None:
        """Take back the last decision."""
        self._say_turned(await self._desk.do(undo), "taken back", "nothing to take back")

    @work(group="verdict", exit_on_error=False)
    async def action_redo(self) -> None:
        """Do again what was taken back last."""
        self._say_turned(await self._desk.do(redo), "done again", "nothing to do again")

    @work(group="verdict", exit_on_error=False)
    async def action_journal(self) -> None:
        """Show what was decided, and take back what she chooses of it."""
        written = await self._desk.do(lambda conn: entries(conn, limit=_ENTRIES))
        chosen = await self.app.push_screen_wait(JournalScreen(written, self._named()))
        if chosen is not None:
            self._say_turned(await self._desk.do(lambda conn: undo(conn, chosen)), "taken back", "taken back already")

    @work(group="verdict", exit_on_error=False)
    async def action_report(self) -> None:
        """Show the report of the night going on."""
        site = self._desk.site
        night = night_of(now(), site.longitude)
        text = await self._desk.do(lambda conn: night_report(conn, night, site.longitude, site.name))
        self.app.push_screen(ReportScreen(self._desk, night, text))

    def _named(self) -> dict[int, str]:
        return {target.id: target.name for target in self.rows.all_rows()}

    def _say_done(self, entry: Entry | None, text: str, unchanged: str = "nothing changed", end: str = "") -> None:
        self.post_message(self.Decided(f"{text}  (u takes it back){end}" if entry else f"{unchanged}{end}"))

    def _say_turned(self, entry: Entry | None, how: str, nothing: str) -> None:
        if entry is None:
            self.post_message(self.Decided(nothing))
            return
        if not entry.changes:
            self.post_message(self.Decided(f"{how}: {entry.action}; what you decided later holds"))
            return
        self.rows.move_to(entry.changes[0].target)
        self.post_message(self.Decided(f"{how}: {entry.action}, {in_words(entry, self._named())}"))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what the database refused."""
        if event.state == WorkerState.ERROR:
            self.post_message(self.Failed(f"that was not done, nothing is lost: {event.worker.error}"))


def names(targets: list[Target]) -> str:
    """The name of one, or how many."""
    return targets[0].name if len(targets) == 1 else f"{len(targets)} targets"


def _was(entry: Entry | None) -> str:
    """What she had decided before, so that a slip over a verdict is seen."""
    before = {change.before for change in entry.changes if change.field == "status"} if entry else set()
    return f", was {' or '.join(sorted(before - {'new'}))}" if before - {"new"} else ""


def _snooze_time(text: str) -> None:
    if text:
        later(text, now())
