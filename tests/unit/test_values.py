"""What surveys write when they mean nothing becomes None; what they mean stays exact."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fink_tui.alerts.values import day, identity, integer, measured, number, position, present, scored, struct, text


@pytest.mark.parametrize(
    "value",
    [None, "", "  ", "null", "None", "nan", "NaN", "Unknown", "Fail", "Fail 500", "Fail 503", "N/A", {}, [], b"SN Ia"],
)
def test_no_text(value: Any) -> None:
    assert text(value) is None


@pytest.mark.parametrize(
    ("value", "wanted"), [("SN Ia", "SN Ia"), (" SN* ", "SN*"), ("Failla", "Failla"), ("Nova", "Nova"), (433, "433")]
)
def test_text(value: Any, wanted: str) -> None:
    assert text(value) == wanted


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf, "", "nan", "None", "x", True, b"1", [1]])
def test_no_number(value: Any) -> None:
    assert number(value) is None


def test_numbers() -> None:
    assert (number(0), number("0.25"), number(-999.0), number(-1.0)) == (0.0, 0.25, -999.0, -1.0)
    assert (measured(-999.0), measured(-999), measured(-998.0), measured(0.0)) == (None, None, -998.0, 0.0)
    assert (scored(-1.0), scored(-999.0), scored(0.0), scored(1.0)) == (None, None, 0.0, 1.0)
    assert (day(2461121.5), day(61121.5), day(-999.0), day(1e8), day(math.nan)) == (
        2461121.5,
        61121.5,
        None,
        None,
        None,
    )


@pytest.mark.parametrize("wide", [2**53 + 1, 3367463101415010117, 170094456272322680, 2**63 - 1])
def test_ids_wider_than_a_float_stay_exact(wide: int) -> None:
    assert int(float(wide)) != wide or wide == 170094456272322680
    assert integer(wide) == integer(str(wide)) == identity(wide) == identity(str(wide)) == wide


@pytest.mark.parametrize("value", [None, 0, -1, 2**63, "0", "", "x", 1.0, 3.367e18, True, math.nan])
def test_no_identity(value: Any) -> None:
    assert identity(value) is None


def test_integers_never_come_from_floats() -> None:
    assert (integer(3.0), integer("3"), integer("3.0"), integer(False)) == (None, 3, None, None)


def test_positions() -> None:
    assert position(0.0, -90.0) == (0.0, -90.0)
    assert position(359.9, 90.0) == (359.9, 90.0)
    for ra, dec in (
        (None, 1.0),
        (1.0, None),
        (-999.0, -999.0),
        (math.nan, 0.0),
        (361.0, 0.0),
        (10.0, 90.1),
        (-1.0, 0.0),
    ):
        assert position(ra, dec) == (None, None)


def test_records() -> None:
    assert struct(None) == struct([1]) == struct("x") == {}
    assert struct({"a": 1}) == {"a": 1}
    assert present(a=None, b=0.0, c=False, d="") == {"b": 0.0, "c": False, "d": ""}
