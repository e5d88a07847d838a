"""What must be right before anything is written: address, login, group, fields. Five reads.

Source: tomtoolkit 2.32 to 3.1, as measured. A TOM answers a wrong login like a stranger's, with 200 and an empty list,
and takes a stranger's writes; so the login is tried with a wrong token first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from fink_tui.tom.client import WRONG_TOKEN, Reply, TomClient
from fink_tui.tom.errors import TomError
from fink_tui.tom.login import find_token
from fink_tui.tom.site import Site

_KNOWN_REQUIRED = {"type"}


def preflight(client: TomClient) -> Site:
    """Log in and look round. Raises TomError with what is wrong and who can mend it."""
    login = _log_in(client)
    groups = {str(g.get("name", "")): g.get("id") for g in client.pages("groups/", {"limit": 200})}
    fields = _fields(client)
    root = client.read("")
    if not isinstance(root, dict) or "reduceddatums" not in root:
        raise TomError(f"{client.account.host} has no photometry in its API: it is older than the versions known here")
    return Site(client.account.url, login, _group(client, groups), client.account.group, fields)


def _log_in(client: TomClient) -> str:
    account = client.account
    stranger = client.ask("GET", "targets/", query={"limit": 1}, authorization=WRONG_TOKEN)
    takes_tokens = _takes_tokens(client, stranger)
    token = find_token(account) if takes_tokens or not account.password else ""
    if token and takes_tokens:
        if not token.isascii() or not token.isprintable() or " " in token:
            raise TomError(f"the token for {account.host} is no token: copy it anew from your profile page of the TOM")
        client.authorization = f"Token {token}"
    elif account.username and account.password:
        client.authorization = httpx.BasicAuth(account.username, account.password)
    elif token:
        raise TomError(
            f"{account.host} ignores tokens, so that targets would belong to nobody: set username and password, or ask "
            "its administrator to add TokenAuthentication to REST_FRAMEWORK (and "
            "OPEN_URLS = ['/api/*'] if it is locked)"
        )
    else:
        what = "a token (FINK_TUI_TOM_TOKEN, token_file or a keyring)" if takes_tokens else "username and password"
        raise TomError(f"no login for {account.host}: set {what}")
    reply = client.ask("GET", "targets/", query={"limit": 1})
    if reply.status == 401:
        said = reply.body.get("detail", "") if isinstance(reply.body, dict) else ""
        raise TomError(f"{account.host} does not accept this login: {said or 'no reason given'}")
    if _is_login_page(reply):
        raise TomError(
            f"{account.host} does not accept this login and sends us to its login page: user name or password is "
            "wrong, or the TOM is locked (AUTH_STRATEGY = 'LOCKED') and its administrator must add OPEN_URLS = "
            "['/api/*']"
        )
    _expect_list(client, reply)
    return "token" if isinstance(client.authorization, str) else "password"


def _takes_tokens(client: TomClient, stranger: Reply) -> bool:
    """Whether the TOM looks at tokens at all. Raises TomError where it is no TOM, or locked."""
    host = client.account.host
    if stranger.status in (401, 403) and isinstance(stranger.body, dict):
        # One that ignores tokens but wants a login misses the login, not the token.
        said, asked_for = str(stranger.body.get("detail", "")), stranger.headers.get("www-authenticate", "")
        return asked_for.startswith("Token") or "credentials were not provided" not in said
    if stranger.status == 403 and not stranger.content.strip():
        raise TomError(
            f"{host} is locked (AUTH_STRATEGY = 'LOCKED') and lets nobody use its API, not even with a token: ask its "
            "administrator for OPEN_URLS = ['/api/*']"
        )
    if _is_login_page(stranger):
        return False
    if 300 <= stranger.status < 400:
        where = stranger.headers.get("location", "nowhere")[:120]
        raise TomError(f"{host} sends us on to {where}, which is not followed: if that is right, set it as url")
    if stranger.status == 404:
        raise TomError(f"{host} has no /api/targets/: url must be the address of the TOM's front page")
    _expect_list(client, stranger)
    return False


def _is_login_page(reply: Reply) -> bool:
    """Whether a TOM of 2.x wants a login, or another one: it answers like a web site."""
    return 300 <= reply.status < 400 and "/login/?next=" in reply.headers.get("location", "")


def _expect_list(client: TomClient, reply: Reply) -> None:
    if reply.status >= 500:
        raise TomError(f"{client.account.host} failed ({reply.status}): try again later, or tell its administrator")
    if reply.status == 403:
        raise TomError(f"{client.account.host} forbids its API to this account: ask its administrator")
    if reply.status != 200 or not isinstance(reply.body, dict) or "results" not in reply.body:
        raise TomError(
            f"{client.account.host} does not answer like a TOM ({reply.status}): url must be the address of its front "
            "page"
        )


def _fields(client: TomClient) -> frozenset[str]:
    """The fields of a target. Raises TomError where the TOM wants some that nobody here can fill."""
    described = client.read("targets/", verb="OPTIONS")
    actions = described.get("actions") if isinstance(described, dict) else None
    fields = actions.get("POST") if isinstance(actions, dict) else None
    if not isinstance(fields, dict):
        raise TomError(f"this account may not add targets to {client.account.host}: ask its administrator")
    required = {name for name, about in fields.items() if _is_required(about)} - _KNOWN_REQUIRED - {"name"}
    if required:
        raise TomError(
            f"{client.account.host} requires fields that fink-tui does not know: {', '.join(sorted(required))}: ask "
            "its administrator to give them a default"
        )
    return frozenset(fields)


def _is_required(about: Any) -> bool:
    return isinstance(about, Mapping) and bool(about.get("required")) and not about.get("read_only")


def _group(client: TomClient, groups: Mapping[str, Any]) -> int | None:
    wanted = client.account.group
    if not wanted:
        return None
    found = groups.get(wanted)
    if not isinstance(found, int):
        mine = ", ".join(sorted(groups)) or "none"
        raise TomError(
            f"this account is in no group {wanted} of {client.account.host} (it is in: {mine}): set group, or ask its "
            "administrator"
        )
    return found
