"""Fixtures every test may use: private folders, a Kafka-protocol broker and TOMs on loopback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from kafka_broker import Broker
from tom_servers import KINDS, Tom, Toms


@pytest.fixture(autouse=True)
def private_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the files of whoever runs it."""
    for name in [n for n in os.environ if n.startswith("FINK_") and n != "FINK_TUI_REAL_ALERTS"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))
    # Astropy complains about a folder that is not there.
    (tmp_path / "xdg_cache_home").mkdir()
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path


@pytest.fixture
def broker() -> Iterator[Broker]:
    """A broker that speaks the Kafka protocol, with no topics."""
    with Broker() as made:
        yield made


@pytest.fixture(scope="session")
def toms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toms]:
    """TOMs of every kind and set-up; see tom_servers."""
    with Toms(tmp_path_factory.mktemp("toms")) as made:
        yield made


@pytest.fixture(params=KINDS)
def tom(request: pytest.FixtureRequest, toms: Toms) -> Iterator[Tom]:
    """An empty TOM of each kind in turn, on which nobody may delete anything or submit an observation."""
    made = toms.fresh(request.param)
    yield made
    assert not made.crimes()
