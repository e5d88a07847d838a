"""The form of a query, made from its declaration; what was typed stays, query by query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import DescendantFocus
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Select, Static

from fink_tui.fink.queries import QUERIES
from fink_tui.fink.queries.declare import BOOL, Argument
from fink_tui.fink.queries.values import check
from fink_tui.fink.queries.words import Asked, default_survey, given_values, query_from_text
from fink_tui.ui.asker import Asker
from fink_tui.ui.text import plain

Offers = Callable[[Argument, str], tuple[str, ...]]


class Completion(Suggester):
    """Offers the first known value that contains what was typed so far; the right arrow takes it."""

    def __init__(self, argument: Argument, survey: str, offers: Offers) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._argument, self._survey, self._offers = argument, survey, offers

    async def get_suggestion(self, value: str) -> str | None:
        """The first of the values that begins with `value`; in a list of fields, with its last word."""
        known = self._argument.choices or self._offers(self._argument, self._survey)
        start = max(value.rfind(","), value.rfind(" ")) + 1 if self._argument.name == "fields" else 0
        head, typed = value[:start], value[start:].casefold()
        return next((head + offer for offer in known if typed and offer.casefold().startswith(typed)), None)


class Field(Vertical):
    """One argument: its title and unit, what is typed, and beneath it what is wrong."""

    DEFAULT_CSS: ClassVar[str] = """
    Field { height: auto; }
    Field > Horizontal { height: 1; }
    Field .title { width: 16; color: $foreground 70%; }
    Field Input { width: 1fr; height: 1; border: none; padding: 0 1; background: $surface; }
    Field Input:focus { border: none; background: $accent 22%; }
    Field > .wrong { height: auto; padding-left: 16; color: $error; display: none; }
    Field.-wrong > .wrong { display: block; }
    """

    def __init__(self, argument: Argument, survey: str, value: str, offers: Offers) -> None:
        super().__init__()
        self.argument = argument
        self._survey, self._value, self._offers = survey, value, offers

    def compose(self) -> ComposeResult:
        argument = self.argument
        with Horizontal():
            yield Static(argument.title + (" *" if argument.required else ""), classes="title", markup=False)
            hint = argument.default or ("yes or no" if argument.kind == BOOL else "")
            hint = f"{hint} {argument.unit}".strip()
            yield Input(
                self._value,
                placeholder=hint,
                suggester=Completion(argument, self._survey, self._offers),
                select_on_focus=False,
            )
        yield Static(classes="wrong", markup=False)

    @property
    def input(self) -> Input:
        """Where it is typed."""
        return self.query_one(Input)

    def say(self, wrong: str) -> None:
        """Show what is wrong, or nothing."""
        self.set_class(bool(wrong), "-wrong")
        self.query_one(".wrong", Static).update(plain(f"! {wrong}" if wrong else ""))


def _said(asked: Asked) -> tuple[str, str, Mapping[str, str]]:
    return asked.query, asked.survey, given_values(QUERIES[asked.query], asked.survey, asked.values)


class QueryForm(VerticalScroll, can_focus=False):
    """Which query, which survey, and its arguments; enter in any of them asks."""

    DEFAULT_CSS: ClassVar[str] = """
    QueryForm { height: auto; max-height: 80%; padding: 0 1; scrollbar-size-vertical: 1; }
    QueryForm > #ask { height: 1; border: none; padding: 0 1; background: $surface; margin-bottom: 1; }
    QueryForm > #ask:focus { border: none; background: $accent 22%; }
    QueryForm > #which { height: 1; }
    QueryForm > #which > Select { width: 28; }
    QueryForm > #which > #survey { width: 14; margin-left: 2; }
    QueryForm > #about { height: auto; margin-bottom: 1; color: $foreground 60%; }
    QueryForm > #fields { layout: grid; grid-size: 1; grid-rows: auto; height: auto; grid-gutter: 0 4; }
    QueryForm > #help { height: auto; min-height: 1; margin-top: 1; color: $foreground 60%; }
    """

    class Submitted(Message):
        """Everything is well and should be asked."""

        def __init__(self, asked: Asked) -> None:
            super().__init__()
            self.asked = asked

    class Refused(Message):
        """What was typed into the top line is not understood; the text says what is."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, asker: Asker) -> None:
        super().__init__()
        self._asker = asker
        self._typed: dict[str, dict[str, str]] = {}
        self._query = QUERIES["class"]
        self._survey = "ztf"

    def compose(self) -> ComposeResult:
        yield Input(
            id="ask",
            placeholder="an id · name · RA Dec radius · class, n · class, 5 days · tag, n · command",
        )
        with Horizontal(id="which"):
            yield Select(
                [(query.title, query.name) for query in QUERIES.values()],
                value=self._query.name,
                allow_blank=False,
                compact=True,
                id="query",
            )
            yield Select([("ZTF", "ztf"), ("LSST", "lsst")], value="ztf", allow_blank=False, compact=True, id="survey")
        yield Static(id="about", markup=False)
        yield Vertical(id="fields")
        yield Static(id="help", markup=False)

    async def on_mount(self) -> None:
        await self._rebuild()

    @property
    def asked(self) -> Asked:
        """The form as it stands."""
        self._keep()
        return Asked(self._query.name, self._survey, dict(self._typed.get(self._query.name, {})))

    def is_typed_into(self, asked: Asked | None) -> bool:
        """Whether the cursor is in a line here that says something else than what was asked."""
        if not isinstance(self.screen.focused, Input) or not self.has_focus_within:
            return False
        return bool(self.query_one("#ask", Input).value) or asked is None or _said(self.asked) != _said(asked)

    async def fill(self, asked: Asked) -> None:
        """Show a query with its values, in place of what was typed for it."""
        self._keep()
        self._query, self._survey = QUERIES[asked.query], asked.survey
        self._typed[asked.query] = dict(asked.values)
        with self.prevent(Select.Changed):
            self.query_one("#query", Select).value = asked.query
            self.query_one("#survey", Select).value = asked.survey
        await self._rebuild()

    def submit(self) -> None:
        """Check what was typed, and ask, or show what is wrong beside each field."""
        asked = self.asked
        errors = dict(check(self._query, asked.survey, asked.values).errors)
        self.show_errors(errors)
        if not errors:
            self.post_message(self.Submitted(asked))

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Say what is wrong beside each field, and go to the first of them."""
        wrong = dict(errors)
        first = None
        for field in self.query(Field):
            text = wrong.pop(field.argument.name, "")
            field.say(text)
            first = first or (field if text else None)
        if wrong:
            self.query_one("#help", Static).update(plain("! " + "; ".join(f"{k}: {v}" for k, v in wrong.items())))
        if first is not None:
            first.input.focus()

    def focus_first(self) -> None:
        """Go to the first field."""
        fields = self.query(Field)
        self.screen.set_focus(fields.first().input if fields else self.query_one("#ask", Input))

    def _keep(self) -> None:
        values = {field.argument.name: field.input.value for field in self.query(Field)}
        if values:
            self._typed[self._query.name] = values

    async def _rebuild(self) -> None:
        query = self._query
        if self._survey not in query.surveys:
            self._survey = default_survey(query)
            with self.prevent(Select.Changed):
                self.query_one("#survey", Select).value = self._survey
        self.query_one("#survey", Select).display = len(query.surveys) > 1 and not query.by_looks
        self.query_one("#about", Static).update(plain(query.help))
        self.query_one("#help", Static).update("")
        box = self.query_one("#fields", Vertical)
        await box.remove_children()
        typed = self._typed.get(query.name, {})
        await box.mount(
            *(
                Field(argument, self._survey, typed.get(argument.name, ""), self._asker.offers)
                for argument in query.for_survey(self._survey)
            )
        )

    @on(Select.Changed, "#query")
    async def _query_chosen(self, event: Select.Changed) -> None:
        event.stop()
        if event.value != self._query.name:
            self._keep()
            self._query = QUERIES[str(event.value)]
            await self._rebuild()

    @on(Select.Changed, "#survey")
    async def _survey_chosen(self, event: Select.Changed) -> None:
        event.stop()
        if event.value != self._survey:
            self._keep()
            self._survey = str(event.value)
            await self._rebuild()

    @on(Input.Submitted)
    async def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "ask" and event.value.strip():
            asked = query_from_text(event.value, self._survey)
            if asked is None:
                self.post_message(
                    self.Refused(
                        "! not understood: an id, a position with or without a radius (arcsec), a class or a tag with "
                        "a number, a name, or a command that begins with fink-tui query"
                    )
                )
                return
            event.input.clear()
            await self.fill(asked)
        self.submit()

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        field = event.input.parent.parent if event.input.parent else None
        if isinstance(field, Field) and field.argument.completion and event.value:
            self._learn(field.argument)

    @work(group="learn", exit_on_error=False)
    async def _learn(self, argument: Argument) -> None:
        await self._asker.learn(argument, self._survey)

    @on(DescendantFocus)
    def _focused(self, event: DescendantFocus) -> None:
        field = event.widget.parent.parent if event.widget.parent else None
        if isinstance(field, Field):
            argument = field.argument
            bounds = [f"{argument.low:g} to {argument.high:g} {argument.unit}"] if argument.low is not None else []
            bounds += [", ".join(argument.choices)] if argument.choices else []
            text = argument.help + (f" ({'; '.join(bounds)})" if bounds and argument.high is not None else "")
            self.query_one("#help", Static).update(plain(text))
