"""The environments with a real TOM in them, one for each version the tests hold the program to.

    python tests/tom_environments.py

installs what is missing of them, at once, into `FINK_TUI_TOM_VENVS` or `~/.cache/fink-tui-tests`. Standard library
alone: it runs before anything of the project is installed. Tests that need one skip when it is not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

VERSIONS = ("3.1.0", "2.32.4")
# Read now: tests have a home of their own.
CACHE = Path(os.environ.get("FINK_TUI_TOM_VENVS") or Path.home() / ".cache" / "fink-tui-tests").absolute()
SITE = Path(__file__).with_name("tom_site")
# Who has an account on every TOM of the tests; carol is the one who syncs, nobody is in no group.
GROUPS = {"admin": ("Public",), "carol": ("Public", "Supernovae"), "bob": ("Public",), "nobody": ()}
ACCOUNTS = {
    name: {
        "password": f"{name}'s password",
        "token": hashlib.sha1(name.encode()).hexdigest(),
        "superuser": name == "admin",
        "groups": list(groups),
    }
    for name, groups in GROUPS.items()
}


def folder(version: str) -> Path:
    """Where the environment of a version is or would be."""
    return CACHE / f"tom-{version}"


def python(version: str) -> Path:
    """The Python of an environment."""
    return folder(version) / "bin" / "python"


def missing(version: str) -> str:
    """Why tests with a TOM of this version can't run, or ""."""
    if _marker(version).exists():
        return ""
    return f"tomtoolkit {version} is not in {folder(version)}: python tests/tom_environments.py installs it"


def install(version: str) -> None:
    """Make the environment and its database unless they are there; raises CalledProcessError."""
    if missing(version):
        subprocess.run([sys.executable, "-m", "venv", folder(version)], check=True)
        # Most of it is never imported; what is gets compiled then.
        pip = [python(version), "-m", "pip", "install", "-q", "--no-compile"]
        subprocess.run([*pip, f"tomtoolkit=={version}"], check=True)
        _marker(version).touch()
    template(version)


def template(version: str) -> Path:
    """A migrated database with the accounts in it, to be copied; made once, in some 5 s."""
    made_of = [path.read_bytes() for path in sorted(SITE.glob("*.py"))]
    kind = hashlib.sha256(b"".join([*made_of, json.dumps(ACCOUNTS).encode()])).hexdigest()[:12]
    database = folder(version) / f"template-{kind}.sqlite3"
    if not database.exists():
        # Under a name of its own until it is whole: somebody else may be making it too.
        unfinished = folder(version) / f"{uuid.uuid4().hex}.sqlite3"
        subprocess.run(
            [python(version), SITE, "build", json.dumps(ACCOUNTS)],
            env={**os.environ, "TOM_SITE_DATABASE": str(unfinished)},
            check=True,
            capture_output=True,
        )
        unfinished.replace(database)
    return database


def _marker(version: str) -> Path:
    return folder(version) / "installed"


if __name__ == "__main__":
    try:
        with ThreadPoolExecutor() as pool:
            list(pool.map(install, VERSIONS))
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{(error.stderr or b'').decode()[-2000:]}")
