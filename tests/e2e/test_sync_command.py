"""`fink-tui sync` as scripts and people call it, against a stand-in for a TOM."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest
import tom_faults
from program import ROOT, command, run, wait_until
from tom_faults import FaultyProxy
from tom_servers import KINDS, Tom, Toms
from tom_sync import Notebook, night, supernova


@pytest.fixture
def tom(toms: Toms) -> Tom:
    return toms.fresh(KINDS[0])


@pytest.fixture
def book(tmp_path: Path) -> Notebook:
    return Notebook(tmp_path / "night.db", night())


@pytest.fixture
def env(tom: Tom, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in {"URL": tom.url, "TOKEN": tom.account().token, "GROUP": "Supernovae"}.items():
        monkeypatch.setenv(f"FINK_TUI_TOM_{key}", value)


def sync(book: Notebook, *args: str) -> subprocess.CompletedProcess[str]:
    return run("sync", *args, "--db", book.path)


def test_a_dry_run_prints_the_plan_and_sends_nothing(tom: Tom, book: Notebook, env: None) -> None:
    done = sync(book, "--dry-run", "--json", "--photometry")
    assert done.returncode == 0 and "4 create, 10 points; nothing was sent" in done.stderr
    rows = {row["target"]: row for row in json.loads(done.stdout)}
    first = rows["ZTF26aaaaa01"]
    assert (first["plan"], first["tom_id"], first["points"]) == ("create", None, 4)
    assert {"field": "fink_class", "from": None, "to": "SN candidate"} in first["changes"]
    assert not tom.writes()


def test_it_asks_before_it_writes_and_needs_yes_where_it_cannot(tom: Tom, book: Notebook, env: None) -> None:
    done = sync(book)
    assert done.returncode == 2 and "--yes" in done.stderr and not tom.seen()
    done = sync(book, "--yes", "--json")
    assert done.returncode == 0 and done.stderr.endswith(": 4 created\n")
    assert {row["result"] for row in json.loads(done.stdout)} == {"created"}
    writes = len(tom.writes())
    done = sync(book, "--yes")
    assert done.returncode == 0 and "4 same" in done.stderr and len(tom.writes()) == writes


def test_what_is_left_open_is_told_by_the_exit_code(tom: Tom, book: Notebook, env: None) -> None:
    tom.make("SN 2026xyz", 151.0, -5.5)
    done = sync(book, "--yes", "--json")
    rows = {row["target"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 1 and rows["ZTF26aaaaa01"]["result"] == "conflict"
    assert any("link as alias of SN 2026xyz" in choice for choice in rows["ZTF26aaaaa01"]["choices"])


def test_targets_by_name_and_wrong_usage(tom: Tom, book: Notebook, env: None) -> None:
    done = sync(book, "SN 2026aa1", "--yes", "--json")
    assert [row["target"] for row in json.loads(done.stdout)] == ["170094456272322001"]
    for words in (["nonsense"], ["ZTF26"], ["--tom", "other"]):
        done = sync(book, *words, "--yes")
        assert done.returncode == 2 and done.stderr.startswith("fink-tui: ") and done.stderr.count("\n") == 1


def test_without_a_tom_it_says_what_to_set(book: Notebook) -> None:
    done = sync(book, "--dry-run")
    assert done.returncode == 2 and "[tom]" in done.stderr


def test_a_person_is_shown_the_plan_and_chooses(tom: Tom, book: Notebook, env: None) -> None:
    tom.make("SN 2026xyz", 151.0, -5.5)
    parent, child = pty.openpty()
    running = subprocess.Popen(
        command("sync", "--db", book.path), stdin=child, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    os.write(parent, b"1\ny\n")
    shown, said = running.communicate(timeout=60)
    os.close(child)
    os.close(parent)
    text = said.decode()
    assert running.returncode == 0, text
    assert "1  link as alias of SN 2026xyz" in text and "3 create, 1 update? [y/N]" in text
    assert tom.db.target("SN 2026xyz").aliases == ["ZTF26aaaaa01"] and b"updated" in shown


def test_no_is_no(tom: Tom, book: Notebook, env: None) -> None:
    parent, child = pty.openpty()
    running = subprocess.Popen(command("sync", "--db", book.path), stdin=child, stderr=subprocess.PIPE, cwd=ROOT)
    os.write(parent, b"n\n")
    said = running.communicate(timeout=60)[1]
    os.close(child)
    os.close(parent)
    assert running.returncode == 1 and b"nothing was sent" in said and not tom.writes()


def test_an_interrupt_stops_between_two_writes(
    tom: Tom, book: Notebook, env: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.receive([sent for number in range(10, 20) for sent in supernova(number)])
    with FaultyProxy(tom.url) as proxy:
        monkeypatch.setenv("FINK_TUI_TOM_URL", proxy.url)
        for number in range(1, 15):
            proxy.at_write(number, tom_faults.slow(0.2))
        running = subprocess.Popen(
            command("sync", "--yes", "--json", "--db", book.path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
        wait_until(lambda: proxy.writes >= 2)
        running.send_signal(signal.SIGINT)
        out, said = running.communicate(timeout=60)
        results = [row["result"] for row in json.loads(out)]
        assert running.returncode == 1 and b"stopping after this write" in said
        assert results.count("created") == tom.db.counts().targets and results.count("left") >= 1
        assert sync(book, "--yes").returncode == 0
    assert tom.db.counts().targets == 14


def test_the_token_is_in_nothing_that_is_kept(
    tom: Tom, book: Notebook, env: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tom.account().token
    done = sync(book, "--yes", "--photometry")
    assert done.returncode == 0 and token not in done.stdout + done.stderr
    monkeypatch.setenv("FINK_TUI_TOM_TOKEN", "e" * 40)
    done = sync(book, "--yes")
    assert done.returncode == 1 and "does not accept this login" in done.stderr and "e" * 40 not in done.stderr
    for file in tmp_path.rglob("*"):
        if file.is_file() and "tom" not in file.parent.name:
            content = file.read_bytes()
            assert token.encode() not in content and b"e" * 40 not in content, file


def test_states_are_told_without_the_network(
    tom: Tom, book: Notebook, env: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sync(book, "ZTF26aaaaa01", "--yes").returncode == 0
    seen = len(tom.seen())
    done = run("targets", "--json", "--db", book.path)
    states = {row["name"]: row["tom"] for row in json.loads(done.stdout)}
    assert states.pop("ZTF26aaaaa01") == "same" and set(states.values()) == {"not sent"}
    shown = json.loads(run("show", "ZTF26aaaaa01", "--json", "--db", book.path).stdout)
    assert shown["tom"] == "same" and shown["toms"][0]["tom"] == tom.url and shown["toms"][0]["id"]
    assert len(tom.seen()) == seen
    monkeypatch.delenv("FINK_TUI_TOM_URL")
    done = run("targets", "--json", "--db", book.path)
    assert {row["tom"] for row in json.loads(done.stdout)} == {None}
