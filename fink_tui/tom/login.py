"""Whether a TOM's address may be used, and the token for it.

Secrets are looked for when they are needed and kept nowhere: the environment or the configuration, a file that only
its owner can read, the keyring where the `keyring` package is installed.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from urllib.parse import urlsplit

from fink_tui.tom.account import TomAccount
from fink_tui.tom.errors import TomError

# What a keyring knows the token by; the user name there is the TOM's address.
KEYRING_SERVICE = "fink-tui"


def check_address(account: TomAccount) -> None:
    """Raises TomError where the address would send the token in the clear, or holds a password itself."""
    parts = urlsplit(account.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TomError(f"{account.url} is no address of a TOM: it begins with https://")
    if parts.username or parts.password:
        raise TomError(f"the address of {account.host} holds a user name: set username and password on their own")
    if parts.scheme == "http" and not account.is_loopback and not account.force_http:
        raise TomError(
            f"http:// to {account.host} would show the token to everybody on the way: use https://, or set "
            "force_http = true if the way is safe (a tunnel, a private network)"
        )


def find_token(account: TomAccount) -> str:
    """The token, or "" where there is none. Raises TomError where its file can't be trusted or read."""
    if account.token:
        return account.token
    if account.token_file is not None:
        return _from_file(account.token_file)
    if importlib.util.find_spec("keyring") is None:
        return ""
    keyring = importlib.import_module("keyring")
    try:
        return str(keyring.get_password(KEYRING_SERVICE, account.url) or "").strip()
    except Exception as failure:  # a keyring may raise whatever its desktop does
        raise TomError(
            f"the keyring can't be read ({type(failure).__name__}): set FINK_TUI_TOM_TOKEN instead"
        ) from None


def _from_file(path: Path) -> str:
    path = path.expanduser()
    try:
        if path.stat().st_mode & 0o077:
            raise TomError(f"{path} can be read by others, so its token is not used: chmod 600 {path}")
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise TomError(f"the token file {path} can't be read: {why}") from None
    if not token:
        raise TomError(f"the token file {path} is empty")
    return token
