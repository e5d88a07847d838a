"""Outside text must not steer the terminal nor break a column."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from fink_tui.ui.text import REPLACEMENT, fit, plain


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("ZTF26aamcbly", "ZTF26aamcbly"),
        ("[/red] [bold]x[/bold]", "[/red] [bold]x[/bold]"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;owned\x07name", "name"),
        ("\x1b]52;c;ZXZpbA==\x1b\\name", "name"),
        ("\x1bPq#0;2\x1b\\six", "six"),
        ("\x9b2Jclean", "clean"),
        ("\x1b(0line\x1bc", "line"),
        ("a\nb\tc\r\nd", "a b c  d"),
        ("bell\x07 back\x08 nul\x00", "bell back nul"),
        ("abc\u202edcba\u2066x\u2069", "abcdcbax"),
        ("zero\u200bwidth\ufeff\u00ad", "zerowidth"),
        ("\u0301leading", "leading"),
        ("cafe\u0301", "café"),
        ("x\u0323\u0324\u0325\u0326", "x\u0323\u0324"),
        ("👩\u200d🚀", "👩🚀"),
        ("❤\ufe0f 👍🏽", "❤ 👍"),
        ("🇫🇷", "FR"),
        ("\ud800 \ue0b0", f"{REPLACEMENT} {REPLACEMENT}"),
        ("天文 δ Sct µJy", "天文 δ Sct µJy"),
        ("", ""),
    ],
)
def test_plain_keeps_the_words_and_drops_the_rest(hostile: str, harmless: str) -> None:
    assert plain(hostile) == harmless


def test_an_escape_without_its_end_does_not_swallow_the_name() -> None:
    assert "ZTF26aamcbly" in plain("\x1b]0;ZTF26aamcbly")


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_plain_leaves_nothing_to_obey(text: str) -> None:
    clean = plain(text)
    assert not {unicodedata.category(char) for char in clean} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert plain(clean) == clean
    clean.encode()


@given(st.text(st.characters(exclude_categories=()), max_size=40), st.integers(0, 30))
def test_fit_fills_the_cells_exactly(text: str, width: int) -> None:
    assert cell_len(fit(plain(text), width)) == width
    assert cell_len(fit(plain(text), width, "right")) == width


@pytest.mark.parametrize(
    ("text", "width", "align", "expected"),
    [
        ("16.45", 7, "right", "  16.45"),
        ("SN Ia", 7, "left", "SN Ia  "),
        ("Solar System", 6, "left", "Solar…"),
        ("天文台", 4, "left", "天 …"),
        ("ab", 1, "left", "…"),
        ("ab", 0, "left", ""),
    ],
)
def test_fit_aligns_and_cuts(text: str, width: int, align: str, expected: str) -> None:
    assert fit(text, width, align) == expected  # type: ignore[arg-type]
