"""What is wrong with an address, a login or a TOM is told before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import tom_faults
from faulty_server import (
    FaultyServer,
    empty_body,
    endless_body,
    ok,
    redirect,
    refused_url,
    slow_drip,
    wrong_content_type,
)
from tom_faults import FaultyProxy, Reply
from tom_servers import KINDS, Site, Tom, Toms
from tom_sync import Notebook, account, outcome, supernova, sync

from fink_tui.tom.account import TomAccount
from fink_tui.tom.client import TomClient
from fink_tui.tom.errors import TomError
from fink_tui.tom.preflight import preflight

SECRETS = ("carol's password", "f" * 40)


def trouble(login: TomAccount, timeout_s: float = 10.0) -> str:
    """What a preflight says is wrong, "" where nothing is."""
    try:
        with TomClient(login, Event(), timeout_s) as client:
            preflight(client)
    except TomError as error:
        secrets = {*SECRETS, login.token, login.password} - {""}
        assert not any(secret in str(error) for secret in secrets)
        assert str(error).isprintable()
        return str(error)
    return ""


def test_a_good_login_is_a_good_login(tom: Tom) -> None:
    with TomClient(account(tom), Event()) as client:
        site = preflight(client)
    assert (site.login, site.group_name) == ("token" if tom.tokens else "password", "Supernovae")
    assert site.group == tom.groups()["Supernovae"] and "target_lists" in site.fields


def test_a_wrong_token_and_a_wrong_password(tom: Tom) -> None:
    wrong = replace(account(tom), token="f" * 40, password="nonsense")
    said = trouble(wrong)
    assert "does not accept this login" in said and ("Invalid token" in said) == tom.tokens


def test_tokens_that_are_ignored_need_a_password(tom: Tom) -> None:
    alone = replace(account(tom), password="")
    assert ("" if tom.tokens else "ignores tokens") in trouble(alone)
    assert bool(trouble(alone)) != tom.tokens


def test_no_login_at_all(tom: Tom) -> None:
    assert "no login" in trouble(replace(account(tom), token="", password=""))


def test_a_token_with_a_line_break_is_none(tom: Tom) -> None:
    assert trouble(replace(account(tom), token="f" * 20 + "\n" + "f" * 20, password=""))


def test_an_account_that_was_closed(tom: Tom) -> None:
    tom.db.deactivate("carol")
    assert "does not accept this login" in trouble(account(tom))


def test_a_group_that_is_missing_stops(tom: Tom) -> None:
    said = trouble(account(tom, group="Novae"))
    assert "no group Novae" in said and "Public, Supernovae" in said


@pytest.mark.parametrize("kind", KINDS)
def test_a_locked_tom(toms: Toms, kind: str) -> None:
    assert "OPEN_URLS" in trouble(account(toms.fresh(kind, Site(locked=True))))
    assert trouble(account(toms.fresh(kind, Site(locked=True, open_api=True)))) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_tom_that_is_set_up_otherwise(toms: Toms, kind: str, tmp_path: Path) -> None:
    extras = ({"name": "fink_class", "type": "string", "default": "none yet"},)
    tom = toms.fresh(kind, Site(login_required=True, pages=2, extra_fields=extras))
    book = Notebook(tmp_path / "night.db", [sent for number in range(5) for sent in supernova(number)])
    assert set(outcome(sync(book, account(tom), photometry=True)).values()) == {"created"}
    assert dict(tom.db.target("ZTF26aaaaa03").extras)["fink_class"] == "SN candidate"
    made, writes = tom.db.counts(), len(tom.writes())
    assert (made.targets, made.extras, made.points) == (5, 5 * 13, 20)
    assert set(outcome(sync(book, account(tom), photometry=True)).values()) == {"same"} and len(tom.writes()) == writes


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "3.1" in kind])
def test_an_old_token_is_told_in_the_words_of_the_tom(toms: Toms, kind: str) -> None:
    tom = toms.fresh(kind, Site(token_days=30))
    tom.db.age_token("carol")
    assert "has expired" in trouble(replace(account(tom), password=""))


def test_fields_that_nobody_here_can_fill_stop(tom: Tom) -> None:
    """A TOM with a target model of its own: its description has one more required field."""

    def described(ask: Callable[[], Reply]) -> Reply:
        reply = ask()
        wanted = b'"POST":{"redshift":{"type":"float","required":true,"read_only":false},'
        return Reply(reply.status, reply.headers, reply.body.replace(b'"POST":{', wanted, 1))

    with FaultyProxy(tom.url) as proxy:
        proxy.at_request(4, described)
        assert "redshift" in trouble(account(tom, proxy.url))
        assert proxy.writes == 0


def test_a_redirect_is_never_followed(tom: Tom) -> None:
    with FaultyServer(ok(b"{}")) as thief, FaultyProxy(tom.url) as proxy:
        for number in (1, 2, 3):
            proxy.at_request(number, tom_faults.redirect(f"{thief.url}/api/targets/"))
            assert "not followed" in trouble(account(tom, proxy.url)) or number > 1
        assert not thief.requests


@pytest.mark.parametrize(
    "fault, words",
    [
        (wrong_content_type(), "does not answer like a TOM"),
        (empty_body(), "does not answer like a TOM"),
        (ok(b'[{"i:objectId":"ZTF"}]'), "does not answer like a TOM"),
        (endless_body(), "did not answer"),
        (slow_drip(b"{}" + b" " * 100, 30.0), "did not answer"),
        (redirect("https://elsewhere.example/"), "https://elsewhere.example/"),
    ],
)
def test_what_is_no_tom(fault: Any, words: str) -> None:
    with FaultyServer(fault) as server:
        assert words in trouble(TomAccount("", server.url, token="f" * 40), timeout_s=0.3)


def test_nobody_there() -> None:
    assert "refuses connections" in trouble(TomAccount("", refused_url(), token="f" * 40))


def test_the_token_goes_nowhere_in_the_clear() -> None:
    for url in ("http://tom.example.org", "http://192.168.1.9:8000"):
        assert "force_http" in trouble(TomAccount("", url, token="f" * 40))
    assert "user name" in trouble(TomAccount("", "https://me:secret@tom.example.org", token="f" * 40))


def test_a_token_file_must_be_private(tom: Tom, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(account(tom).token + "\n")
    file.chmod(0o644)
    login = replace(account(tom), token="", token_file=file)
    if tom.tokens:
        assert "chmod 600" in trouble(login)
    file.chmod(0o600)
    assert trouble(login) == ""
