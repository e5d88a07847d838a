"""Faults between the writes of a sync, on each kind of TOM: afterwards everything is there exactly once."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tom_faults
from program import ROOT, command
from tom_database import Counts
from tom_faults import Fault, FaultyProxy, Reply
from tom_servers import REAL, STAND_INS, Tom, Toms
from tom_sync import Notebook, account, outcome, supernova, sync, transient

import fink_tui.tom.client
import fink_tui.tom.sync

# One supernova and one transient: two targets and five points.
MADE = Counts(targets=2, aliases=1, extras=21, list_rows=2, points=5)
WRITES = 7
NAMES = ("170094456272322001", "ZTF26aaaaa01")

FAULTS: dict[str, Callable[[Tom], Fault]] = {
    "cut before": lambda tom: tom_faults.cut_before(),
    "cut after": lambda tom: tom_faults.cut_after(),
    "500 after": lambda tom: tom_faults.error_after(),
    "locked": lambda tom: tom_faults.locked(),
    "502 page": lambda tom: tom_faults.html(),
    "200 page": lambda tom: tom_faults.html(200),
    "429": lambda tom: tom_faults.throttled(1),
    "slow": lambda tom: tom_faults.slow(0.8),
    "empty": lambda tom: tom_faults.empty(),
    "truncated": lambda tom: tom_faults.truncated(),
}


@pytest.fixture(params=[STAND_INS[0], *REAL])
def tom(request: pytest.FixtureRequest, toms: Toms) -> Iterator[Tom]:
    """One stand-in and both real ones."""
    made = toms.fresh(request.param)
    yield made
    assert not made.crimes() and made.most_writes_at_once() == 1


@pytest.fixture
def book(tmp_path: Path) -> Notebook:
    return Notebook(tmp_path / "night.db", [*supernova(1), *transient(1)])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses of a run, a tenth as long."""
    monkeypatch.setattr(fink_tui.tom.sync, "_AGAIN_S", (0.05, 0.1, 0.2, 0.4))
    monkeypatch.setattr(fink_tui.tom.sync, "_SETTLED_S", 0.03)
    monkeypatch.setattr(fink_tui.tom.client, "_READ_AGAIN_S", (0.03, 0.1, 0.3))


@pytest.fixture
def proxy(tom: Tom) -> Iterator[FaultyProxy]:
    with FaultyProxy(tom.url) as made:
        yield made


def assert_whole(tom: Tom, book: Notebook, url: str) -> None:
    """One clean run leaves everything exactly once, and the next sends nothing."""
    sync(book, account(tom, url), photometry=True)
    assert tom.db.counts() == MADE
    assert tom.db.lists() == ["fink_extragalactic_new_candidate_lsst", "fink_sn_candidates_ztf"]
    for name in NAMES:
        target = tom.db.target(name)
        assert target.groups == ["Supernovae"] and len(target.users) == 3
        assert len(target.aliases) == len(set(target.aliases)) and len(target.extras) == len(dict(target.extras))
    writes = len(tom.writes())
    assert set(outcome(sync(book, account(tom, url), photometry=True)).values()) == {"same"}
    assert len(tom.writes()) == writes


@pytest.mark.parametrize("offset", range(len(FAULTS)))
def test_every_second_write_fails_in_another_way(
    tom: Tom, book: Notebook, proxy: FaultyProxy, impatient: None, offset: int
) -> None:
    # Over all offsets each write meets each fault.
    faults = list(FAULTS.values())
    for turn, number in enumerate(range(1 + offset % 2, 4 * WRITES, 2)):
        proxy.at_write(number, faults[(offset + turn) % len(faults)](tom))
    fates = sync(book, account(tom, proxy.url), photometry=True, timeout_s=0.5)
    assert len(proxy.happened) >= 3
    # A run that meets a fault every other time still comes to its end.
    assert set(outcome(fates).values()) == {"created"}, (proxy.happened, [fate.why for fate in fates])
    assert tom.db.counts() == MADE
    assert_whole(tom, book, proxy.url)


@pytest.mark.parametrize("name", ["cut after", "500 after", "empty", "truncated"])
def test_what_was_done_unheard_is_not_sent_again(
    tom: Tom, book: Notebook, proxy: FaultyProxy, impatient: None, name: str
) -> None:
    # Between them are the target lists, which no TOM tells: they alone are sent once more.
    for number in (1, 3, 4, 6, 7, 8, 9):
        proxy.at_write(number, FAULTS[name](tom))
    assert set(outcome(sync(book, account(tom, proxy.url), photometry=True)).values()) == {"created"}
    assert " ".join(seen.method for seen in tom.writes()) == "POST PATCH POST POST PATCH POST POST POST POST"
    assert tom.db.counts() == MADE


@pytest.mark.parametrize("step", ["view", "change", "delete", "groups", "aliases", "extras", "lists"])
def test_half_a_target_is_completed(tom: Tom, book: Notebook, proxy: FaultyProxy, impatient: None, step: str) -> None:
    proxy.at_write(1, tom_faults.half_made(tom.db, NAMES[0], after=step))
    fate = sync(book, account(tom, proxy.url), photometry=True)[0]
    if step == "view":
        # Nothing that this account may do: the right to change it was never given.
        assert (fate.what, "not change it" in fate.why) == ("blocked", True)
        return
    assert fate.what == "created", fate.why
    if step == "change":
        # The creator's right to delete was never given, and no API gives it.
        assert ("carol", "delete") not in tom.db.target(NAMES[0]).users
        return
    assert_whole(tom, book, proxy.url)


def test_a_target_without_an_owner_is_reported_and_not_made_again(
    tom: Tom, book: Notebook, proxy: FaultyProxy, impatient: None
) -> None:
    proxy.at_write(1, tom_faults.half_made(tom.db, NAMES[0], after="row"))
    fates = sync(book, account(tom, proxy.url), photometry=True)
    assert outcome(fates) == {NAMES[0]: "blocked", NAMES[1]: "created"} and "administrator" in fates[0].why
    writes = len(tom.writes())
    assert outcome(sync(book, account(tom, proxy.url), photometry=True))[NAMES[0]] == "blocked"
    assert len(tom.writes()) == writes and tom.db.counts().targets == 2


def test_a_real_lock_is_waited_out(tom: Tom, book: Notebook, proxy: FaultyProxy) -> None:
    held = tom.db.locked()

    def fault(ask: Callable[[], Reply]) -> Reply:
        with held:
            return ask()

    proxy.at_write(1, fault)
    assert set(outcome(sync(book, account(tom, proxy.url), photometry=True)).values()) == {"created"}
    assert_whole(tom, book, proxy.url)


def test_a_tom_that_goes_away_ends_the_run(tom: Tom, book: Notebook, proxy: FaultyProxy, impatient: None) -> None:
    for number in range(20):
        proxy.at_request(13 + number, tom_faults.cut_before())
    fates = sync(book, account(tom, proxy.url), photometry=True)
    assert {"failed", "left"} >= {fate.what for fate in fates} - {"created"} and fates[-1].what in ("failed", "left")
    assert "broke off" in fates[-1].why
    proxy.heal()
    assert_whole(tom, book, proxy.url)


@pytest.mark.parametrize("acted", [False, True])
def test_killed_at_every_write_and_taken_up_again(
    tom: Tom, book: Notebook, proxy: FaultyProxy, tmp_path: Path, acted: bool
) -> None:
    running: list[subprocess.Popen[bytes]] = []

    def kill(ask: Callable[[], Reply]) -> None:
        if acted:
            ask()
        running[-1].kill()

    known = tom.account()
    login = {"TOKEN": known.token, "USERNAME": known.name, "PASSWORD": known.password, "GROUP": "Supernovae"}
    env = {
        **os.environ,
        "FINK_TUI_TOM_URL": proxy.url,
        **{f"FINK_TUI_TOM_{key}": value for key, value in login.items()},
    }
    words = command("sync", "--yes", "--photometry", "--json", "--db", book.path)
    for number in [1, 2, 3, 4, 3, 2] if acted else [1, 2, 4, 7]:
        proxy.at_write(number, kill)
        running.append(subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=env))
        said, _ = running[-1].communicate(timeout=60)
        proxy.heal()
        if running[-1].returncode == 0:
            break
        assert running[-1].returncode == -9, said
    assert len(proxy.happened) >= 3
    assert_whole(tom, book, proxy.url)
