"""The dashboard's table of contents: which tabs and screens there are, and what goes from the feed to them."""

from __future__ import annotations

import asyncio
import os
import queue
import signal
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Footer

from fink_tui.feed import Feed, Report
from fink_tui.rules.calls import Call, sequences
from fink_tui.settings import Settings
from fink_tui.store.targets import Target
from fink_tui.ui.actions import APP, bindings
from fink_tui.ui.asker import Asker
from fink_tui.ui.clerk import Clerk
from fink_tui.ui.desk import Desk
from fink_tui.ui.screens.first_contact import FirstContactScreen
from fink_tui.ui.screens.help import HelpScreen
from fink_tui.ui.screens.topics import TopicsScreen
from fink_tui.ui.tabs.live import LiveTab
from fink_tui.ui.tabs.query import QueryTab
from fink_tui.ui.tabs.sync import SyncTab
from fink_tui.ui.tabs.targets import TargetsTab
from fink_tui.ui.text import plain
from fink_tui.ui.themes import DARK, LIGHT
from fink_tui.ui.widgets.almanac import Almanac
from fink_tui.ui.widgets.masthead import Masthead
from fink_tui.ui.widgets.rows import Rows
from fink_tui.ui.widgets.target_list import TargetList

_DRAIN_S = 0.1
_ROWS_A_FRAME = 1000
_KEEP_S = 0.3


class FinkApp(App[None]):
    """The dashboard. `feed` is not started yet; `title_shown` stands at the left of the top line."""

    CSS_PATH = Path(__file__).with_name("app.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(APP)]
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it
    TITLE = "fink-tui"

    def __init__(
        self,
        database: Path,
        feed: Feed,
        settings: Settings,
        *,
        topics: Iterable[str] = (),
        title_shown: str = "fink-tui",
        notices: Iterable[str] = (),
    ) -> None:
        super().__init__()
        self.images = settings.images
        self._desk = Desk(database, settings)
        self._asker = Asker(settings, self._desk)
        self._settings = settings
        self._clerk = Clerk(database, settings.toms)
        self._feed = feed
        self._topics = tuple(topics)
        self._title_shown = title_shown
        self._notices = tuple(notices)
        self._targets: dict[int, Target] = {}
        # What came back is said once, not again where a verdict on it is taken back.
        self._told_back: set[tuple[int, str]] = set()
        self._almanac = Almanac(settings.sites, settings.dust_maps, self._targets.values)
        self._report = Report()
        self._loaded = False
        self._last_alert = time.monotonic()
        self._asking: set[str] = set()

    def compose(self) -> ComposeResult:
        yield Masthead()
        yield self._almanac
        with ContentSwitcher(initial="live", id="tabs"):
            yield QueryTab(self._desk, self._asker)
            yield LiveTab(self._desk, self._almanac)
            yield TargetsTab(self._desk, self._almanac, self._clerk)
            yield SyncTab(self._clerk)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        if self.theme == "textual-dark":
            self.theme = "fink-dark"
        self.query_one(Masthead).name_shown = self._title_shown
        self.query_one(LiveTab).target_list.rows.focus()
        for notice in self._notices:
            self._warn(notice)
        # The first frame comes before the database and the imports of the streams.
        self.call_after_refresh(self._begin)

    async def on_event(self, event: events.Event) -> None:
        """In a list a key acts before the next one is looked at.

        Textual sends a key to the widget that has the focus and hears of it again when the following ones are on their
        way there too. Typed quickly, or coming in one packet of a slow link, what is meant for a line that the first
        one opens would be verdicts, and its q the end.
        """
        if isinstance(event, events.Key) and not event.is_forwarded and not self.screen.is_modal:
            active = self.active_bindings.get(event.key) if isinstance(self.focused, Rows) else None
            if active is not None and active.enabled:
                await self.run_action(active.binding.action, active.node)
                # A worker that begins with a question asks it now.
                await asyncio.sleep(0)
                return
        await super().on_event(event)

    def _begin(self) -> None:
        if self._exit:
            return
        # The terminal must be given back as it was, unless it is what went away.
        for number, end in ((signal.SIGTERM, self.action_quit), (signal.SIGHUP, self._hung_up)):
            with suppress(ValueError, RuntimeError, NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(number, self._end, end)
        self._feed.start()
        self.set_interval(_DRAIN_S, self._drain)
        self.set_interval(1.0, self._tick)
        self._tick()

    # From the feed to the screen.

    def _drain(self) -> None:
        rows = 0
        while rows < _ROWS_A_FRAME and not self._exit:
            try:
                report = self._feed.reports.get_nowait()
            except queue.Empty:
                return
            rows += len(report.targets) + 1
            self._take(report)

    def _take(self, report: Report) -> None:
        for note in report.notes:
            self._warn(note)
        self._call(report.calls)
        arrived, changed = self._sort_out(report.targets)
        if not self._loaded:
            if report.is_loaded:
                self._loaded = True
                self._fill()
        elif report.targets:
            self._show(arrived, changed, {t.id: t.joined for t in report.targets if t.joined is not None})
        if not report.is_loaded:
            return
        if sum(c.received for c in report.counts.values()) > sum(c.received for c in self._report.counts.values()):
            self._last_alert = time.monotonic()
        self._report = report
        self.query_one(LiveTab).tell(report, time.monotonic() - self._last_alert)
        if isinstance(self.screen, TopicsScreen):
            self.screen.tell(report)
        self._ask_first_contact()

    def _sort_out(self, targets: Iterable[Target]) -> tuple[list[Target], list[Target]]:
        """Targets with a new alert, in order of arrival, and those that only changed."""
        arrived: list[Target] = []
        changed: list[Target] = []
        back: list[Target] = []
        for target in targets:
            before = self._targets.get(target.id)
            if target.joined is not None:
                self._targets.pop(target.id, None)
                continue
            self._targets[target.id] = target
            if target.back and (target.id, target.back) not in self._told_back:
                self._told_back.add((target.id, target.back))
                back.append(target)
            (arrived if before is None or target.arrived > before.arrived else changed).append(target)
        if self._loaded and len(back) == 1:
            self._say(f"{back[0].name} {back[0].back}")
        elif self._loaded and back:
            self._say(f"{len(back)} are back, L tells why: {', '.join(target.name for target in back)}")
        return sorted(arrived, key=lambda target: target.arrived), changed

    @work(exit_on_error=False)
    async def _fill(self) -> None:
        everything = list(self._targets.values())
        self._almanac.reckon()
        self.query_one(LiveTab).fill(everything)
        self.query_one(TargetsTab).fill(everything)
        self._read_tom_states()
        for target_list in self.query(TargetList):
            await target_list.take_up()

    def _show(self, arrived: list[Target], changed: list[Target], gone: dict[int, int]) -> None:
        live, targets = self.query_one(LiveTab).target_list, self.query_one(TargetsTab).target_list
        if changed:
            live.update_targets(changed, to_top=False)
        if arrived:
            live.update_targets(arrived, to_top=True)
        targets.update_targets(arrived + changed, to_top=False)
        for target_list in (live, targets):
            target_list.remove_targets(gone)
        self._almanac.take(arrived + changed)
        self._read_tom_states()

    @on(Almanac.SkyTurned)
    def _sky_turned(self, event: Almanac.SkyTurned) -> None:
        tonight = self._almanac.tonight
        if tonight is not None:
            moon = "☽" if tonight.moon_grows else "☾"
            self.query_one(Masthead).sky = f"{tonight.site.name} {moon} {tonight.moon_part:.0%}"
        for target_list in self.query(TargetList):
            target_list.turn_sky(is_whole=event.is_whole)

    def _tick(self) -> None:
        if self._exit:
            return
        head = self.query_one(Masthead)
        head.clock = datetime.now(UTC).strftime("%H:%M:%S UTC")
        counts = self._report.counts.values()
        self.query_one(LiveTab).tick(sum(topic.received for topic in counts))
        topics = sum(len(state.topics) for state in self._report.streams)
        behind = sum(sum(state.lag.values()) + sum(state.waiting.values()) for state in self._report.streams)
        live = all(state.is_settled and not state.trouble for state in self._report.streams)
        if not topics:
            head.status = ("○ no stream",)
        elif self._report.is_paused:
            head.status = ("‖ paused", f"{behind:,} behind")
        else:
            rate = sum(topic.rate() for topic in counts)
            sign, word = ("●", "live") if live and behind <= 50 else ("◐", "behind") if live else ("○", "no contact")
            head.status = (f"{sign} {word}", f"lag {behind:,}", f"{rate:.1f}/s", f"{topics} topic{'s'[: topics > 1]}")

    def _ask_first_contact(self) -> None:
        if isinstance(self.screen, FirstContactScreen):
            return
        for state in self._report.streams:
            for topic, count in state.waiting.items():
                if topic not in self._asking:
                    self._asking.add(topic)
                    self.push_screen(FirstContactScreen(topic, count), lambda start, t=topic: self._contact(t, start))
                    return

    def _contact(self, topic: str, start: str | None) -> None:
        if start:
            self._feed.begin(topic, start)

    # Actions.

    def action_show_tab(self, tab: str) -> None:
        """Open a tab."""
        self.query_one("#tabs", ContentSwitcher).current = tab
        self.query_one(Masthead).open_tab = tab
        opened = self.query_one(f"#{tab}")
        if isinstance(opened, QueryTab):
            opened.open()
            return
        lists = opened.query(TargetList)
        self.screen.set_focus(lists.first().rows if lists else opened.query(Rows).first())

    @on(Masthead.TabChosen)
    def _tab_chosen(self, event: Masthead.TabChosen) -> None:
        self.action_show_tab(event.tab)

    def action_next_site(self) -> None:
        """Observe from the next site."""
        site = self._almanac.next_site()
        only = f"{self._almanac.site.name} is the only site in force: name more in the configuration, [site] name"
        self._say(f"observing from {site.name}, above {site.least_altitude:.0f}°" if site else only)

    def action_show_help(self) -> None:
        """Help on the open tab."""
        opened = self.query_one("#tabs", ContentSwitcher).visible_content
        about = (
            getattr(opened, "help_now", None)
            or getattr(opened, "HELP", None)
            or "fink-tui: query, follow and triage the alerts of Fink."
        )
        self.push_screen(HelpScreen(about, self._keys()))

    def _keys(self) -> list[tuple[str, str]]:
        by_action: dict[str, tuple[list[str], str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.id and active.enabled:
                entry = by_action.setdefault(binding.id, ([], binding.tooltip or binding.description))
                entry[0].append(self.get_key_display(binding))
        return [(" ".join(dict.fromkeys(keys)), what) for keys, what in by_action.values()]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every action in force on the screen below it, and Textual's own choice of theme."""
        seen = set()
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.id and active.enabled and binding.id not in seen and binding.id != "app.palette":
                seen.add(binding.id)
                yield SystemCommand(
                    f"{binding.description}  ({self.get_key_display(binding)})",
                    binding.tooltip or binding.description,
                    lambda name=binding.action, at=active.node: self.call_later(self.run_action, name, at),
                )
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)

    @on(LiveTab.PauseAsked)
    def _pause_asked(self) -> None:
        if self._report.is_paused:
            self._feed.resume()
        else:
            self._feed.pause()

    @on(LiveTab.TopicsAsked)
    def _topics_asked(self) -> None:
        self.push_screen(TopicsScreen(self._topics, self._report), self._topics_chosen)

    def _topics_chosen(self, topics: tuple[str, ...] | None) -> None:
        if topics is not None and topics != self._topics:
            self._topics = topics
            self._asking.clear()
            self._feed.follow(topics)
            self._say(f"following {len(topics)} topic{'s'[: len(topics) != 1]}")

    @on(TargetList.SyncAsked)
    def _sync_asked(self, event: TargetList.SyncAsked) -> None:
        self.action_show_tab("sync")
        self.query_one(SyncTab).plan(event.targets)

    @on(SyncTab.StatesChanged)
    @work(exclusive=True, group="tom", exit_on_error=False)
    async def _read_tom_states(self) -> None:
        if self._clerk.toms:
            self._clerk.states = await self._desk.do(self._clerk.read_states)
            self.query_one(TargetsTab).target_list.rows.refresh()

    @on(TargetList.Decided)
    def _decided(self, event: TargetList.Decided) -> None:
        self._say(event.text)

    @on(TargetList.Failed)
    @on(Almanac.Failed)
    def _failed(self, event: TargetList.Failed | Almanac.Failed) -> None:
        self._warn(event.text)

    def _say(self, text: str) -> None:
        opened = self.query_one("#tabs", ContentSwitcher).visible_content
        for target_list in opened.query(TargetList) if opened else ():
            target_list.say(plain(text))

    def _call(self, calls: Sequence[Call]) -> None:
        """Tell what rules have to tell, here, by the terminal's bell, and on its desktop."""
        for call in calls:
            self.notify(plain(f"rule {call.text}"), timeout=20, markup=False)
        if calls and self._driver is not None:
            self._driver.write(sequences(calls, self._settings.notifications, os.environ))

    def _warn(self, text: str) -> None:
        self.notify(plain(text), severity="warning", timeout=10, markup=False)

    def _told_to_end(self) -> None:
        self.run_worker(self.action_quit(), exit_on_error=False)

    async def _keep_lists(self) -> None:
        for target_list in self.query(TargetList):
            await target_list.keep()

    def _end(self, how: Callable[[], Coroutine[None, None, None]]) -> None:
        self.run_worker(how(), exit_on_error=False)

    async def action_quit(self) -> None:
        """Leave at once; everything is stored already."""
        await self._leave()
        self.exit()

    async def _hung_up(self) -> None:
        await self._leave()
        # Textual would wait for ever for a terminal that is gone to take its last words.
        os._exit(1)

    async def _leave(self) -> None:
        with suppress(Exception):
            # A database that is locked must not hold her up.
            await asyncio.wait_for(self._keep_lists(), _KEEP_S)
        self._feed.stop()
        self._clerk.stop()
        self._desk.close()
        await self._asker.close()
