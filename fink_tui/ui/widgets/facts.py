"""Groups of facts as lines of text, in one column or two."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from fink_tui.output.facts import Fact, Group
from fink_tui.ui.text import plain

_LEAST_FOR_TWO = 80
_GAP = 3
_BAR_CELLS = 8
_MOST_NAME = 16


class Facts(Widget):
    """Shows groups; `explained` adds to each fact what it means and what it was worked out from."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"facts--bar", "facts--rail", "facts--dim"}
    DEFAULT_CSS = """
    Facts {
        height: auto; width: 1fr;
        & > .facts--bar { color: $accent; }
        & > .facts--rail { color: $foreground 25%; }
        & > .facts--dim { color: $foreground 60%; }
        &:ansi {
            & > .facts--bar { color: $accent; }
            & > .facts--rail { color: ansi_bright_black; }
            & > .facts--dim { color: ansi_default; text-style: dim; }
        }
    }
    """

    groups: reactive[Sequence[Group]] = reactive[Sequence[Group]]((), layout=True)
    explained: reactive[bool] = reactive(False, layout=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Text:
        return Text("\n", no_wrap=True, overflow="ellipsis", end="").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Text]:
        if width < _LEAST_FOR_TWO:
            return _joined([self._block(group, width) for group in self.groups])
        half = (width - _GAP) // 2
        blocks = [self._block(group, half) for group in self.groups]
        heights = [len(block) + 1 for block in blocks]
        # The earlier groups stay at the left, as long as both columns are about as high.
        split = min(range(len(blocks) + 1), key=lambda n: (max(sum(heights[:n]), sum(heights[n:])), -n))
        left, right = _joined(blocks[:split]), _joined(blocks[split:])
        lines = []
        for place in range(max(len(left), len(right))):
            line = left[place] if place < len(left) else Text()
            line.truncate(half, overflow="ellipsis", pad=True)
            line.append(" " * _GAP)
            lines.append(line.append_text(right[place]) if place < len(right) else line)
        return lines

    def _block(self, group: Group, width: int) -> list[Text]:
        lines = [Text(plain(group.title), "bold")]
        names = max((cell_len(fact.name) for fact in group.facts), default=0)
        indent = min(names, _MOST_NAME) + (2 if names else 0)
        for fact in group.facts:
            lines += self._fact(fact, indent, width)
        return lines

    def _fact(self, fact: Fact, indent: int, width: int) -> list[Text]:
        dim = self.get_component_rich_style("facts--dim")
        line = Text("  ")
        name = plain(fact.name)
        line.append(name + " " * max(indent - cell_len(name), 1 if name else 0), dim)
        if fact.share is not None:
            line.append_text(self._bar(fact.share)).append(" ")
        line.append(plain(fact.text))
        line.append(f" {fact.unit}" if fact.unit and fact.unit not in "″′°" else fact.unit)
        notes = [fact.note] if fact.note else []
        notes += [f"at {fact.separation:.2f}″"] if fact.separation is not None else []
        lines = [line]
        for note in map(plain, notes):
            if cell_len(lines[-1].plain) + 2 + cell_len(note) > width:
                lines.append(Text(" " * (indent + 2)))
            else:
                lines[-1].append("  ")
            lines[-1].append(note, dim)
        if self.explained:
            lines += [Text(text, dim) for text in _because(fact, width)]
        for made in lines:
            made.truncate(width, overflow="ellipsis")
        return lines

    def _bar(self, share: float) -> Text:
        full, half = divmod(round(share * _BAR_CELLS * 2), 2)
        text = Text("━" * full + "╸" * half, self.get_component_rich_style("facts--bar"))
        return text.append("─" * (_BAR_CELLS - len(text)), self.get_component_rich_style("facts--rail"))


def _because(fact: Fact, width: int) -> list[str]:
    """What it means and where it is from, in lines."""
    lines = []
    for sign, text in (("·", fact.about), ("←", fact.source)):
        lines += wrap(plain(text), max(20, width), initial_indent=f"    {sign} ", subsequent_indent="      ")
    return lines


def _joined(blocks: Sequence[list[Text]]) -> list[Text]:
    """Blocks below each other with an empty line between."""
    return [line for block in blocks for line in (*block, Text())][:-1]
