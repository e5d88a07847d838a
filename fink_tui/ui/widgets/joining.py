"""Making targets one by key, taking them apart, and answering what is proposed."""

from __future__ import annotations

from textual import work

from fink_tui.sky.coordinates import separation_arcsec
from fink_tui.store.joining import Member, accept, decline, join, members, proposals, split
from fink_tui.store.targets import Target
from fink_tui.ui.screens.prompt import PromptScreen
from fink_tui.ui.screens.proposals import ProposalsScreen
from fink_tui.ui.widgets.judging import Judging, names


class Joining(Judging):
    """A list of targets that can be joined and split."""

    @work(group="verdict", exit_on_error=False)
    async def action_join(self) -> None:
        """Join the marked targets, once she has seen how far apart they are."""
        chosen = self.rows.chosen
        if len(chosen) < 2:
            self.post_message(self.Decided("mark two targets or more with space, then m joins them"))
            return
        about = f"{_apart(chosen)} Enter joins them, escape leaves them."
        title = f"Join {' and '.join(target.name for target in chosen[:3])}{' ...' if len(chosen) > 3 else ''}"
        if await self.app.push_screen_wait(PromptScreen(title, about)) is None:
            return
        try:
            entry = await self._desk.do(lambda conn: join(conn, [target.id for target in chosen]))
        except ValueError as error:
            self.post_message(self.Failed(f"not joined: {error}"))
            return
        self.rows.clear_marks()
        self._say_done(entry, f"joined: {names(chosen)}", "they are one already")

    @work(group="verdict", exit_on_error=False)
    async def action_split(self) -> None:
        """Ask which object leaves the target under the cursor."""
        target = self.rows.current
        parts = await self._desk.do(lambda conn: members(conn, target.id)) if target else []
        if target is None or len(parts) < 2:
            self.post_message(self.Decided("it is one object: nothing to take apart"))
            return

        def number(text: str) -> int:
            if not text.isdecimal() or not 1 <= int(text) <= len(parts):
                raise ValueError(f"expected a number from 1 to {len(parts)}")
            return int(text)

        about = "The number of the one that leaves. " + "; ".join(_line(n, part) for n, part in enumerate(parts, 1))
        typed = await self.app.push_screen_wait(
            PromptScreen(f"Split {target.name}", about, str(len(parts)), check=number)
        )
        if typed is not None:
            leaving = parts[number(typed) - 1]
            entry = await self._desk.do(lambda conn: split(conn, target.id, [leaving.id]))
            self._say_done(entry, f"{leaving.object_id} left {target.name}")

    @work(group="verdict", exit_on_error=False)
    async def action_proposals(self) -> None:
        """Show which targets may be one, and do what she says."""
        answer = await self.app.push_screen_wait(ProposalsScreen(await self._desk.do(proposals)))
        if answer is None:
            return
        what, chosen = answer
        pairs = [(proposal.one, proposal.other) for proposal in chosen]
        entry = await self._desk.do(lambda conn: (accept if what == "join" else decline)(conn, pairs))
        self._say_done(entry, f"{'joined' if what == 'join' else 'not one'}: {len(pairs)} of those proposed")


def _apart(chosen: list[Target]) -> str:
    """How far the others are from the first."""
    first = chosen[0]
    found = [
        f"{target.name} {separation_arcsec(first.ra, first.dec, target.ra, target.dec):.2f}″"
        for target in chosen[1:]
        if first.ra is not None and first.dec is not None and target.ra is not None and target.dec is not None
    ]
    return f"From {first.name}: {', '.join(found)}." if found else "Their positions are not known."


def _line(number: int, part: Member) -> str:
    place = "" if part.arcsec is None or number == 1 else f", {part.arcsec:.2f}″ from the first"
    return f"{number}: {part.object_id} ({part.survey.upper()}), {part.n_alerts} alerts{place}"
