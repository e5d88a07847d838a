"""Rows of a list taken out of the program: to the clipboard, to a file, to Fink's pages."""

from __future__ import annotations

from pathlib import Path

from textual import work

from fink_tui.alerts.times import now, to_iso
from fink_tui.fink.portal import portal_page
from fink_tui.output.catalogues import finder_line, unplaced
from fink_tui.output.files import ENDINGS, write_file
from fink_tui.output.records import target_record
from fink_tui.sky.coordinates import sexagesimal
from fink_tui.store.targets import Target
from fink_tui.ui.screens.copy import COPIES, CopyScreen
from fink_tui.ui.screens.prompt import PromptScreen
from fink_tui.ui.text import plain
from fink_tui.ui.widgets.judging import Judging, names


class TakingOut(Judging):
    """A list of targets that other programs take up."""

    def action_copy_position(self) -> None:
        """Copy the coordinates of the target under the cursor."""
        target = self.rows.current
        if target is not None:
            self._copy([target], "degrees")

    @work(group="copy", exit_on_error=False)
    async def action_copy_as(self) -> None:
        """Copy the marked targets, or the one under the cursor, as she chooses."""
        chosen = self._in_order()
        if chosen:
            what = await self.app.push_screen_wait(
                CopyScreen(names(chosen), {name: copied(chosen[0], name) for name in COPIES})
            )
            if what is not None:
                self._copy(chosen, what)

    def _in_order(self) -> list[Target]:
        """The marked targets as the list has them, those it hides last, else the one under the cursor."""
        line = {target.id: place for place, target in enumerate(self.rows.shown_rows())}
        return sorted(self.rows.chosen, key=lambda target: line.get(target.id, len(line)))

    def _copy(self, chosen: list[Target], what: str) -> None:
        lines = [line for target in chosen if (line := copied(target, what)) is not None]
        if not lines:
            self.post_message(self.Decided(f"no position of {names(chosen)} is known"))
            return
        self.app.copy_to_clipboard("\n".join(lines))
        left = len(chosen) - len(lines)
        about = lines[0] if len(lines) == 1 else f"{len(lines)} lines"
        end = f", {left} without a position left out" if left else ""
        self.post_message(self.Decided(f"copied {about}{' (degrees, ICRS)' if what == 'degrees' else ''}{end}"))

    @work(group="export", exit_on_error=False)
    async def action_export(self) -> None:
        """Write the marked targets, or those shown, to a new file."""
        chosen = self._in_order() if self.rows.marked else self.rows.shown_rows()
        if not chosen:
            return
        about = f"A file that ends in {ENDINGS}; it must not exist yet."
        where = await self.app.push_screen_wait(PromptScreen(f"Export {names(chosen)}", about, "targets.csv"))
        if where:
            path = Path(where).expanduser()
            try:
                left = await self._desk.do(lambda conn: _write(path, chosen))
            except (OSError, ValueError) as error:
                self.post_message(self.Failed(f"not written: {error}"))
            else:
                end = f"; {left} without a position left out" if left else ""
                self.post_message(self.Decided(f"written: {path.absolute()}, {len(chosen) - left:,} targets{end}"))

    @work(group="look", exit_on_error=False)
    async def action_portal(self) -> None:
        """Show and copy the address of Fink's page of the target under the cursor."""
        target = self.rows.current
        if target is None:
            return
        view = await self._desk.view(target.id)
        url = portal_page(target.surveys, target.objects, view.aliases if view else ())
        if url is None:
            self.post_message(self.Decided(f"{target.name} is of a list of yours: Fink has no page of it"))
            return
        self.app.copy_to_clipboard(url)
        self.post_message(self.Decided(f"copied {url}"))


def copied(target: Target, what: str) -> str | None:
    """A target as one line of the clipboard, `what` one of COPIES; None where it has no position for that."""
    name = plain(target.name)
    if what == "name":
        return name
    if what == "row":
        cells = (name, target.status, plain(target.label), target.ra, target.dec, target.last_band, target.last_mag)
        return "\t".join("" if cell is None else str(cell) for cell in (*cells, to_iso(target.last_mjd)))
    if target.ra is None or target.dec is None:
        return None
    if what == "degrees":
        return f"{target.ra:.6f} {target.dec:+.6f}"
    if what == "sexagesimal":
        return " ".join(sexagesimal(target.ra, target.dec))
    return finder_line(name, target.ra, target.dec, target.last_band, target.last_mag)


def _write(path: Path, chosen: list[Target]) -> int:
    """How many were left out, for want of a position."""
    rows = [target_record(target) for target in chosen]
    write_file(path, rows, {"query": "targets of fink-tui", "written": to_iso(now()) or ""})
    return unplaced(rows) if path.suffix in (".txt", ".reg") else 0
