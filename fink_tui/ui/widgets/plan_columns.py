"""How the rows of a sync's plan look: before, while and after they are sent."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from fink_tui.output.plans import in_words
from fink_tui.tom.difference import Change
from fink_tui.tom.plan import BLOCKED, CONFLICT, CREATE, SAME, SKIP, UPDATE, Row
from fink_tui.tom.sync import CREATED, FAILED, LEFT, SENDING, UPDATED, Fate
from fink_tui.ui.format import NOTHING
from fink_tui.ui.text import plain
from fink_tui.ui.widgets.columns import Column

_SIGNS = {
    CREATE: ("+", "accent"),
    UPDATE: ("~", "accent"),
    SAME: ("=", "dim"),
    CONFLICT: ("?", "warn"),
    BLOCKED: ("✗", "bad"),
    SKIP: ("–", "dim"),
    SENDING: ("…", "accent"),
    CREATED: ("✓", "good"),
    UPDATED: ("✓", "good"),
    FAILED: ("!", "bad"),
    LEFT: ("–", "warn"),
}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A row of the plan and, once there is one, its fate."""

    row: Row
    fate: Fate | None = None

    @property
    def word(self) -> str:
        """What is to be done with it, or was."""
        return self.fate.what if self.fate else self.row.verdict

    @property
    def sign(self) -> tuple[str, str]:
        """The sign of the word, and its style."""
        return _SIGNS[self.word]

    @property
    def about(self) -> str:
        """What it is about, in one line."""
        if self.fate is None:
            return in_words(self.row)
        sent = f"{self.fate.points} points sent" if self.fate.points and self.fate.what != SENDING else ""
        return "; ".join(part for part in (self.fate.why, sent) if part) or in_words(self.row)


def _remote(line: PlanLine) -> tuple[str, str]:
    remote = (line.fate and line.fate.remote) or line.row.remote
    if not remote:
        return NOTHING, "dim"
    return (str(remote.id), "dim") if remote.name == line.row.target.name else (f"{remote.id} {remote.name}", "")


def _about_style(line: PlanLine) -> str:
    return line.sign[1] if line.sign[1] in ("warn", "bad") else "dim"


COLUMNS: tuple[Column[PlanLine], ...] = (
    Column("target", "target", 18, "left", lambda line: (line.row.target.name, "")),
    Column("word", "plan", 8, "left", lambda line: (line.word, line.sign[1])),
    Column("remote", "on the TOM", 14, "left", _remote, 1),
    Column("about", "what", 0, "left", lambda line: (line.about, _about_style(line)), least=20),
)


def details(line: PlanLine) -> Text:
    """All that is to be said of a row: every field from what to what, what changed there, the choices."""
    row = line.row
    text = Text(no_wrap=False)
    text.append(plain(row.target.name), "bold")
    text.append(f"  {line.word}")
    said = line.fate.why if line.fate else row.why
    text.append(f"  {plain(said)}\n" if said else "\n")
    for number, choice in enumerate(row.choices if line.fate is None else (), 1):
        text.append(f"  {number}  {plain(choice.label)}\n")
    width = max((len(change.field) for change in (*row.changes, *row.there)), default=0)
    for change in row.changes:
        text.append(f"  {_in_columns(change, width)}\n")
    if row.points:
        text.append(f"  photometry: {len(row.points)} points\n")
    for change in row.there:
        text.append(f"  {_in_columns(change, width)}  (in the TOM)\n")
    for note in row.notes:
        text.append(f"  {plain(note)}\n")
    return text


def _in_columns(change: Change, width: int) -> str:
    before = "" if change.before is None else f"{change.before} → "
    return plain(f"{change.field:<{width}}  {before}{change.after}")
