"""What is configured: flags, environment, config.toml, fink-client's files, defaults, in this order of precedence.

A wrong setting never stops the start: it is named in `Settings.notices` and the next source holds.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fink_tui import paths
from fink_tui.alerts.grouping import Radii
from fink_tui.alerts.times import from_iso
from fink_tui.fink.credentials import Credentials, StreamSettings, read_credentials
from fink_tui.fink.topics import survey_of_topic
from fink_tui.sky.sites import DEFAULT, LEAST_ALTITUDE, Site, known_sites, sites_in_force
from fink_tui.tom.account import TomAccount

SURVEYS = ("ztf", "lsst")
# The ways terminals have for a notification of the desktop; "auto" goes by what the terminal says it is.
NOTIFICATIONS = ("auto", "osc9", "osc777", "osc99", "off")
START_WORDS = ("stored", "earliest", "latest")
IMAGES = ("blocks", "kitty", "sixel", "iterm")


def start_point(value: Any) -> str:
    """Where a first contact with a topic begins: a word of START_WORDS or an ISO 8601 time. Raises ValueError."""
    text = str(value).strip()
    if text.lower() in START_WORDS:
        return text.lower()
    try:
        from_iso(text)
    except ValueError:
        raise ValueError("expected stored, earliest, latest or an ISO 8601 time such as 2026-03-22T05:00") from None
    return text


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("expected text")
    return value.strip()


def _words(value: Any) -> tuple[str, ...]:
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise ValueError("expected a list of names")
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))


def _names(value: Any) -> tuple[str, ...]:
    """Names that may have spaces within: a list, or a text with commas."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError("expected a name, or a list of names")
    found = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    if not found:
        raise ValueError("expected a name, or a list of names")
    return found


def _altitude(value: Any) -> float:
    number = _positive(value)
    if number >= 90.0:
        raise ValueError("expected degrees above 0 and below 90")
    return number


def _notification(value: Any) -> str:
    if value not in NOTIFICATIONS:
        raise ValueError(f"expected {', '.join(NOTIFICATIONS[:-1])} or {NOTIFICATIONS[-1]}")
    return str(value)


def _folder(value: Any) -> Path:
    return Path(_text(value)).expanduser()


def _url(value: Any) -> str:
    text = _text(value).rstrip("/")
    if not text.startswith(("http://", "https://")):
        raise ValueError("expected an address that begins with https:// or http://")
    return text


def _positive(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError("expected a number")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError("expected a number") from None
    if not 0.0 < number < 1e12:
        raise ValueError("expected a number above 0")
    return number


def _arcsec(value: Any) -> float:
    number = _positive(value)
    if number > 60.0:
        raise ValueError("expected arcseconds above 0, 60 at the most")
    return number


def _yes_or_no(value: Any) -> bool:
    word = str(value).strip().lower()
    if word not in ("true", "false", "1", "0"):
        raise ValueError("expected true or false")
    return word in ("true", "1")


def _images(value: Any) -> str:
    text = _text(value).lower()
    if text not in IMAGES:
        raise ValueError(f"expected one of {', '.join(IMAGES)}")
    return text


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: [section] key in the file, FINK_TUI_SECTION_KEY in the environment."""

    section: str
    key: str
    read: Callable[[Any], Any]
    help: str
    default: Any = None

    @property
    def variable(self) -> str:
        """Its twin in the environment."""
        return re.sub(r"\W", "_", f"FINK_TUI_{self.section}_{self.key}".upper())


_STREAM_KEYS: tuple[tuple[str, Callable[[Any], Any], str], ...] = (
    ("servers", _text, "Kafka bootstrap servers, host:port, several with commas"),
    ("group_id", _text, "Kafka consumer group"),
    ("username", _text, "user name for SCRAM-SHA-512, used with a password only"),
    ("password", _text, "password for SCRAM-SHA-512; Fink wants none"),
    ("topics", _words, "topics to follow"),
)
_TOM_KEYS: tuple[tuple[str, Callable[[Any], Any], str], ...] = (
    ("url", _url, "address of the TOM's front page"),
    ("group", _text, "group of the TOM that shall see the targets"),
    ("token", _text, "token of your profile page; better in the environment"),
    ("token_file", _text, "file with the token, 0600"),
    ("username", _text, "user name, for a TOM that ignores tokens"),
    ("password", _text, "password, for a TOM that ignores tokens"),
    ("force_http", _yes_or_no, "send the token over http:// to another machine"),
)
_RADII = Radii()
SETTINGS: tuple[Setting, ...] = (
    Setting("ztf", "api_url", _url, "address of Fink's API for ZTF", "https://api.ztf.fink-portal.org"),
    Setting("lsst", "api_url", _url, "address of Fink's API for LSST", "https://api.lsst.fink-portal.org"),
    *(Setting(section, *key) for section in ("stream", *SURVEYS) for key in _STREAM_KEYS),
    Setting("stream", "start", start_point, "first contact with a topic: stored, earliest, latest or an ISO time"),
    Setting("packets", "budget_gb", _positive, "disk for raw packets, GB", 5.0),
    Setting("query", "timeout_s", _positive, "seconds to wait for an answer; Fink itself gives up after 120", 130.0),
    Setting("query", "max_mb", _positive, "largest answer to take, MB", 64.0),
    Setting("packets", "keep_days", _positive, "days to keep raw packets", 30.0),
    Setting("notify", "command_timeout_s", _positive, "seconds a command of a rule may run", 30.0),
    Setting("notify", "desktop", _notification, "how desktop notifications are sent", "auto"),
    *(Setting("tom", *key) for key in _TOM_KEYS),
    Setting("grouping", "ztf_ztf_arcsec", _arcsec, "objects of ZTF this close may be one", _RADII.ztf_ztf),
    Setting("grouping", "ztf_lsst_arcsec", _arcsec, "objects of ZTF and LSST this close may be one", _RADII.ztf_lsst),
    Setting("grouping", "lsst_lsst_arcsec", _arcsec, "objects of LSST this close may be one", _RADII.lsst_lsst),
    Setting("grouping", "automatic", _yes_or_no, "join unasked what is surely one", _RADII.automatic),
    Setting("site", "name", _names, "the site observed from; of several the first is in force", (DEFAULT,)),
    Setting("site", "least_altitude", _altitude, "lowest altitude observed at, degrees", LEAST_ALTITUDE),
    Setting("sky", "dust_maps", _folder, "folder with the SFD maps SFD_dust_4096_ngp.fits and _sgp.fits, for E(B-V)"),
    Setting("ui", "images", _images, "how cutouts are drawn: blocks, or a protocol of the terminal", "blocks"),
)
# Sections whose tables have names the user gives, as [rules.NAME]; what they hold is read where it is used.
NAMED = ("rules", "views", "site", "tom")
_DEFAULT_SERVERS = {"ztf": "kafka-ztf.fink-broker.org:24499"}
# What users of tom_fink have in their environment.
_TOM_FINK = {
    "servers": "FINK_CREDENTIAL_URL",
    "group_id": "FINK_CREDENTIAL_GROUP_ID",
    "username": "FINK_CREDENTIAL_USERNAME",
    "topics": "FINK_TOPIC",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings in force, and in plain words what was wrong with those that are not.

    `named` holds the tables of each section of NAMED by their names, as they stand in the file. `toms` are [tom] and
    then each [tom.NAME], those that have an address. `sites` are those observed from, one at least; `known_sites` all
    there are, by every name, for `find_site`.
    """

    api_urls: Mapping[str, str]
    streams: Mapping[str, StreamSettings]
    start: str | None
    limit: int | None
    timeout: float | None
    query_timeout: float
    query_bytes: int
    packets_bytes: int
    packets_days: float
    command_timeout: float
    notifications: str
    named: Mapping[str, Mapping[str, Mapping[str, Any]]]
    sites: tuple[Site, ...]
    known_sites: Mapping[str, Site]
    dust_maps: Path | None
    radii: Radii = _RADII
    toms: tuple[TomAccount, ...] = ()
    images: str = "blocks"
    notices: tuple[str, ...] = ()


def load_settings(config: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read every source of settings. Never raises: what is wrong is in the notices."""
    env = os.environ if environ is None else environ
    notices: list[str] = []
    path = config or paths.config_file()
    document = _read_file(path, notices, wanted=config is not None)
    given = {setting: _given(setting, env, document, path, notices) for setting in SETTINGS}
    by_name = {(setting.section, setting.key): value for setting, value in given.items()}

    def plain(section: str, key: str) -> Any:
        environment, file = by_name[section, key]
        default = next(s.default for s in SETTINGS if (s.section, s.key) == (section, key))
        return next((value for value in (environment, file, default) if value is not None), None)

    streams = {}
    for survey in SURVEYS:
        credentials = read_credentials(survey, notices)
        found = {key: _stream_value(survey, key, by_name, env, credentials) for key, *_ in _STREAM_KEYS}
        streams[survey] = StreamSettings(survey, **(found | {"topics": found["topics"] or ()}))
    named = {section: _named_tables(document.get(section)) for section in NAMED}
    known, wrong_tables = known_sites(named["site"], plain("site", "least_altitude"))
    sites, wrong_names = sites_in_force(known, plain("site", "name"))
    notices += [f"{path}: {notice}" for notice in wrong_tables] + wrong_names
    return Settings(
        api_urls={survey: plain(survey, "api_url") for survey in SURVEYS},
        streams=streams,
        start=plain("stream", "start"),
        limit=_tom_fink_number(env, "FINK_MAX_POLL_NUMBER", notices, whole=True),
        timeout=_tom_fink_number(env, "FINK_TIMEOUT", notices, whole=False),
        query_timeout=plain("query", "timeout_s"),
        query_bytes=int(plain("query", "max_mb") * 1e6),
        packets_bytes=int(plain("packets", "budget_gb") * 1e9),
        packets_days=plain("packets", "keep_days"),
        command_timeout=plain("notify", "command_timeout_s"),
        notifications=plain("notify", "desktop"),
        toms=_toms(env, document.get("tom"), path, notices),
        named=named,
        sites=sites,
        known_sites=known,
        dust_maps=plain("sky", "dust_maps"),
        radii=Radii(
            ztf_ztf=plain("grouping", "ztf_ztf_arcsec"),
            ztf_lsst=plain("grouping", "ztf_lsst_arcsec"),
            lsst_lsst=plain("grouping", "lsst_lsst_arcsec"),
            automatic=plain("grouping", "automatic"),
        ),
        images=plain("ui", "images"),
        notices=tuple(notices),
    )


def _toms(env: Mapping[str, str], section: Any, path: Path, notices: list[str]) -> tuple[TomAccount, ...]:
    """[tom] and each [tom.NAME] that has an address; secrets in a file that others can read are not used."""
    is_open = path.exists() and bool(path.stat().st_mode & 0o077)
    found = []
    for name, table in {"": section, **_named_tables(section)}.items():
        where = f"tom.{name}" if name else "tom"
        unknown = set(table) - {key for key, *_ in _TOM_KEYS} if name else set()
        notices += [f"{path}: there is no setting {where}.{key}" for key in sorted(unknown)]
        values: dict[str, Any] = {}
        for key, read, about in _TOM_KEYS:
            environment, file = _given(
                Setting(where, key, read, about), env, {where: table}, path, notices if name else []
            )
            if is_open and environment is None and file is not None and key in ("token", "password"):
                notices.append(f"{path} can be read by others, so {where}.{key} is not used: chmod 600 {path}")
                file = None
            values[key] = file if environment is None else environment
        if values["url"]:
            token_file = Path(values["token_file"]) if values["token_file"] else None
            given = {key: value for key, value in values.items() if value is not None and key != "token_file"}
            found.append(TomAccount(name, token_file=token_file, **given))
    return tuple(found)


def _named_tables(section: Any) -> dict[str, Mapping[str, Any]]:
    tables = section.items() if isinstance(section, dict) else ()
    return {name: table for name, table in tables if isinstance(table, dict)}


def _stream_value(
    survey: str,
    key: str,
    by_name: Mapping[tuple[str, str], tuple[Any, Any]],
    env: Mapping[str, str],
    credentials: Credentials,
) -> Any:
    def shared(value: Any) -> Any:
        """What is said for both surveys; of topics, those of this one."""
        if key == "topics" and value is not None:
            return tuple(topic for topic in _words(value) if survey_of_topic(topic) == survey) or None
        return value

    twin = env.get(_TOM_FINK.get(key, ""), "").strip()
    own, both = by_name[survey, key], by_name["stream", key]
    default = _DEFAULT_SERVERS.get(survey) if key == "servers" else None
    candidates = (
        own[0],
        shared(both[0]),
        shared(twin or None),
        own[1],
        shared(both[1]),
        getattr(credentials, key) or None,
        default,
    )
    return next((value for value in candidates if value is not None), None)


def _given(
    setting: Setting, env: Mapping[str, str], document: dict[str, Any], path: Path, notices: list[str]
) -> tuple[Any, Any]:
    """The setting's value from the environment and from the file, None where it is not there or is wrong."""
    found: list[Any] = []
    section = document.get(setting.section)
    sources = (
        (env.get(setting.variable) or None, setting.variable),
        (section.get(setting.key) if isinstance(section, dict) else None, f"{path}: {setting.section}.{setting.key}"),
    )
    for value, where in sources:
        try:
            found.append(None if value is None else setting.read(value))
        except ValueError as error:
            notices.append(f"{where} is not used: {error}")
            found.append(None)
    return found[0], found[1]


def _read_file(path: Path, notices: list[str], *, wanted: bool) -> dict[str, Any]:
    import tomli

    try:
        document = tomli.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if wanted:
            notices.append(f"{path} does not exist: the defaults hold")
        return {}
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        notices.append(f"{path} can't be read, the defaults hold: {error}")
        return {}
    known = {(setting.section, setting.key) for setting in SETTINGS}
    for section, values in document.items():
        keys = values if isinstance(values, dict) else {"": None}
        notices += [
            f"{path}: there is no setting {section}{'.' if key else ''}{key}"
            for key in keys
            if (section, key) not in known and not (section in NAMED and isinstance(keys[key], dict))
        ]
    return document


def _tom_fink_number(env: Mapping[str, str], variable: str, notices: list[str], *, whole: bool) -> Any:
    text = env.get(variable, "").strip()
    if not text:
        return None
    try:
        number = _positive(text)
        if whole and number < 1:
            raise ValueError("expected 1 or more")
    except ValueError as error:
        notices.append(f"{variable} is not used: {error}")
        return None
    return int(number) if whole else number
