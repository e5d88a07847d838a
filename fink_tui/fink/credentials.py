"""How a stream is reached, and fink-client's credential files of all three generations, read and never written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fink_tui.alerts.values import text


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a fink-client file says; None or empty where it is silent."""

    servers: str | None = None
    group_id: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    topics: tuple[str, ...] = ()
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """How one survey's stream is reached. `servers` is None where nothing says where it is."""

    survey: str
    servers: str | None
    group_id: str | None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    topics: tuple[str, ...] = ()


def read_credentials(survey: str, notices: list[str]) -> Credentials:
    """The credentials fink-client has for a survey: {survey}_credentials.yml, else for ZTF the old credentials.yml.

    Keys by generation: up to 9.2 and 10-11 `group_id` and a list `mytopics`, from 12 on `groupid` and a dict `topics`.
    What can't be read is told in `notices`.
    """
    folder = Path.home() / ".finkclient"
    names = [f"{survey}_credentials.yml"] + (["credentials.yml"] if survey == "ztf" else [])
    path = next((folder / name for name in names if (folder / name).is_file()), None)
    if path is None:
        return Credentials()
    document = _load(path, notices)
    topics = document.get("topics") or document.get("mytopics") or ()
    return Credentials(
        servers=text(document.get("servers")),
        group_id=text(document.get("groupid")) or text(document.get("group_id")),
        username=text(document.get("username")),
        password=text(document.get("password")),
        topics=tuple(str(topic) for topic in topics) if isinstance(topics, dict | list | tuple) else (),
        path=path,
    )


def _load(path: Path, notices: list[str]) -> dict[str, Any]:
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = getattr(error, "strerror", None) or "not valid YAML"
        notices.append(f"{path} is not used: {reason}")
        return {}
    if not isinstance(document, dict):
        notices.append(f"{path} is not used: not a list of keys and values")
        return {}
    return document
