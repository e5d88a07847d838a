"""Periods found, and not found, in light curves made by hand."""

from __future__ import annotations

import math
import random

import pytest

from fink_tui.alerts.alert import DETECTION, Detection
from fink_tui.sky.period import best_period


def curve(period: float | None, count: int = 80, noise: float = 30.0) -> list[Detection]:
    dice = random.Random(1)
    times = [60000.0 + dice.uniform(0, 40) for _ in range(count)]
    wave = [500.0 * math.sin(2 * math.pi * t / period) if period else 0.0 for t in times]
    return [
        Detection(DETECTION, t, "r", flux=2000.0 + w + dice.gauss(0, noise), flux_err=noise, survey="ztf")
        for t, w in zip(times, wave, strict=True)
    ]


@pytest.mark.parametrize("period", [0.31, 2.345, 11.0])
def test_a_period_is_found(period: float) -> None:
    found = best_period(curve(period))
    assert found is not None
    assert found[0] == pytest.approx(period, rel=0.02) and found[1] == "r" and found[2] < 1e-6


def test_noise_and_a_few_points_have_none() -> None:
    assert best_period(curve(None)) is None
    assert best_period(curve(1.0, count=5)) is None
    assert best_period([]) is None
    assert best_period([Detection(DETECTION, 60000.0, "r", flux=1.0, flux_err=0.1)] * 30) is None
