"""Where settings come from and which one wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from fink_tui import paths
from fink_tui.fink.stream import Stream
from fink_tui.settings import SETTINGS, Settings, load_settings, start_point


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / ".finkclient"
    folder.mkdir(parents=True)
    return folder


def config(text: str) -> Path:
    path = paths.config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_without_anything_there_are_defaults_and_no_notices() -> None:
    found = load_settings()
    assert found.notices == ()
    assert found.streams["ztf"].servers == "kafka-ztf.fink-broker.org:24499"
    assert found.streams["lsst"].servers is None
    assert found.streams["ztf"].password is None and found.streams["ztf"].topics == ()
    assert found.api_urls == {"ztf": "https://api.ztf.fink-portal.org", "lsst": "https://api.lsst.fink-portal.org"}
    assert (found.start, found.limit, found.timeout) == (None, None, None)
    assert (found.packets_bytes, found.packets_days) == (5_000_000_000, 30.0)


def test_environment_then_file_then_finks_client_then_default(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def servers() -> str | None:
        return load_settings().streams["ztf"].servers

    assert servers() == "kafka-ztf.fink-broker.org:24499"
    (home / "ztf_credentials.yml").write_text("servers: client:1\n")
    assert servers() == "client:1"
    config('[stream]\nservers = "shared-file:1"\n')
    assert servers() == "shared-file:1"
    config('[stream]\nservers = "shared-file:1"\n[ztf]\nservers = "file:1"\n')
    assert servers() == "file:1"
    monkeypatch.setenv("FINK_CREDENTIAL_URL", "tom-fink:1")
    assert servers() == "tom-fink:1"
    monkeypatch.setenv("FINK_TUI_STREAM_SERVERS", "shared-env:1")
    assert servers() == "shared-env:1"
    monkeypatch.setenv("FINK_TUI_ZTF_SERVERS", "env:1")
    assert servers() == "env:1"
    assert load_settings().streams["lsst"].servers == "shared-env:1"
    assert load_settings().notices == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "credentials.yml",
            "username: u\npassword: null\ngroup_id: g\nmytopics: [fink_sn_candidates_ztf, fink_yso_candidates_ztf]\n"
            "servers: h:1\nmaxtimeout: 10\n",
        ),
        (
            "ztf_credentials.yml",
            "survey: ztf\nusername: u\npassword: null\ngroup_id: g\n"
            "mytopics:\n- fink_sn_candidates_ztf\n- fink_yso_candidates_ztf\nservers: h:1\nmaxtimeout: 10\n",
        ),
        (
            "ztf_credentials.yml",
            "survey: ztf\nusername: u\ngroupid: g\nservers: h:1\nmaxtimeout: 10\ntopics:\n"
            "  fink_sn_candidates_ztf: {}\n  fink_yso_candidates_ztf: {telegram: {token: T, channel: '@c'}}\n",
        ),
    ],
)
def test_all_generations_of_finks_client_are_read_and_left_as_they_are(home: Path, name: str, text: str) -> None:
    file = home / name
    file.write_text(text)
    found = load_settings()
    ztf = found.streams["ztf"]
    assert (ztf.servers, ztf.group_id, ztf.username, ztf.password) == ("h:1", "g", "u", None)
    assert ztf.topics == ("fink_sn_candidates_ztf", "fink_yso_candidates_ztf")
    assert found.streams["lsst"].servers is None
    assert found.notices == ()
    assert file.read_text() == text


def test_the_newer_file_of_finks_client_goes_before_the_old_one(home: Path) -> None:
    (home / "credentials.yml").write_text("servers: old:1\n")
    (home / "ztf_credentials.yml").write_text("servers: new:1\n")
    (home / "lsst_credentials.yml").write_text("servers: rubin:1\ngroupid: r\n")
    found = load_settings()
    assert (found.streams["ztf"].servers, found.streams["lsst"].servers) == ("new:1", "rubin:1")


@pytest.mark.parametrize("content", [b"a: [", b"- 1\n- 2\n", b"\xff\xfe", b"just words"])
def test_a_broken_file_of_finks_client_is_a_notice(home: Path, content: bytes) -> None:
    (home / "ztf_credentials.yml").write_bytes(content)
    found = load_settings()
    assert "ztf_credentials.yml" in found.notices[0] and len(found.notices) == 1
    assert found.streams["ztf"].servers == "kafka-ztf.fink-broker.org:24499"


def test_an_empty_file_of_finks_client_and_odd_values_stop_nothing(home: Path) -> None:
    (home / "ztf_credentials.yml").write_text("servers:\ntopics: 5\ngroupid: 17\npassword: [a]\nusername: {a: 1}\n")
    ztf = load_settings().streams["ztf"]
    assert (ztf.servers, ztf.topics, ztf.group_id) == ("kafka-ztf.fink-broker.org:24499", (), "17")
    (home / "ztf_credentials.yml").write_text("")
    assert load_settings().streams["ztf"].servers == "kafka-ztf.fink-broker.org:24499"


@pytest.mark.parametrize(
    ("variable", "value", "path"),
    [
        ("FINK_TUI_ZTF_API_URL", "ftp://x", "ztf.api_url"),
        ("FINK_TUI_STREAM_START", "yesterday", "stream.start"),
        ("FINK_TUI_PACKETS_BUDGET_GB", "lots", "packets.budget_gb"),
        ("FINK_TUI_PACKETS_BUDGET_GB", "-1", "packets.budget_gb"),
        ("FINK_TUI_PACKETS_KEEP_DAYS", "nan", "packets.keep_days"),
        ("FINK_TUI_ZTF_SERVERS", "   ", "ztf.servers"),
    ],
)
def test_a_wrong_value_is_a_notice_and_the_next_source_holds(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, path: str
) -> None:
    good = load_settings()
    monkeypatch.setenv(variable, value)
    found = load_settings()
    assert [variable in notice for notice in found.notices] == [True]
    assert (found.api_urls, found.start, found.packets_bytes) == (good.api_urls, good.start, good.packets_bytes)
    section, key = path.split(".")
    text = value if value.strip() else ""
    file = config(f'[{section}]\n{key} = "{text}"\n')
    both = load_settings()
    assert len(both.notices) == 2 and str(file) in both.notices[1] and path in both.notices[1]
    assert both.streams == good.streams


def test_what_is_right_in_the_file_counts_beside_what_is_wrong() -> None:
    config('[ztf]\napi_url = 3\nservers = "right:1"\ntopicz = ["x"]\n[oops]\na = 1\n')
    found = load_settings()
    assert found.streams["ztf"].servers == "right:1"
    assert len(found.notices) == 3
    assert any("ztf.topicz" in notice for notice in found.notices)


@pytest.mark.parametrize("content", [b"[ztf", b"\xff\xfe\x00", b'ztf = "x"\n'])
def test_a_broken_file_stops_nothing(content: bytes) -> None:
    config("").write_bytes(content)
    found = load_settings()
    assert len(found.notices) == 1 and "config.toml" in found.notices[0]
    assert found.streams["ztf"].servers == "kafka-ztf.fink-broker.org:24499"


def test_a_named_file_that_is_missing_is_told_and_the_usual_one_is_not(tmp_path: Path) -> None:
    assert "nowhere.toml" in load_settings(tmp_path / "nowhere.toml").notices[0]
    assert load_settings(tmp_path).notices != ()
    assert load_settings().notices == ()


def test_topics_for_both_surveys_go_to_the_survey_that_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINK_TUI_STREAM_TOPICS", "fink_sn_candidates_ztf, fink_in_tns_lsst fink_grb_bronze")
    found = load_settings()
    assert found.streams["ztf"].topics == ("fink_sn_candidates_ztf", "fink_grb_bronze")
    assert found.streams["lsst"].topics == ("fink_in_tns_lsst",)


def test_the_six_variables_of_tom_fink(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINK_CREDENTIAL_URL", "h:1")
    monkeypatch.setenv("FINK_CREDENTIAL_USERNAME", "u")
    monkeypatch.setenv("FINK_CREDENTIAL_GROUP_ID", "g")
    monkeypatch.setenv("FINK_TOPIC", "fink_sn_candidates_ztf")
    monkeypatch.setenv("FINK_MAX_POLL_NUMBER", "20")
    monkeypatch.setenv("FINK_TIMEOUT", "2.5")
    found = load_settings()
    ztf = found.streams["ztf"]
    assert (ztf.servers, ztf.username, ztf.group_id, ztf.topics) == ("h:1", "u", "g", ("fink_sn_candidates_ztf",))
    assert (found.limit, found.timeout, found.notices) == (20, 2.5, ())


@pytest.mark.parametrize("value", ["0", "-3", "many", "0.5", "nan"])
def test_a_wrong_number_of_tom_finks_is_a_notice_and_no_limit(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("FINK_MAX_POLL_NUMBER", value)
    found = load_settings()
    assert found.limit is None
    assert [("FINK_MAX_POLL_NUMBER" in notice) for notice in found.notices] == [True]


def test_every_setting_has_its_twin_in_the_environment() -> None:
    assert {s.variable for s in SETTINGS} >= {
        "FINK_TUI_ZTF_API_URL",
        "FINK_TUI_LSST_API_URL",
        "FINK_TUI_STREAM_SERVERS",
    }
    assert all(s.variable == f"FINK_TUI_{s.section}_{s.key}".upper() and s.help for s in SETTINGS)


@pytest.mark.parametrize("value", ["stored", "EARLIEST", " latest ", "2026-03-22", "2026-03-22T05:00Z"])
def test_points_to_start_at(value: str) -> None:
    assert start_point(value) in ("stored", "earliest", "latest", "2026-03-22", "2026-03-22T05:00Z")


SECRET = "correct-horse-battery"


@pytest.fixture
def secret(home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Settings:
    if request.param == "env":
        monkeypatch.setenv("FINK_TUI_ZTF_PASSWORD", SECRET)
        monkeypatch.setenv("FINK_TUI_ZTF_USERNAME", "u")
    elif request.param == "file":
        config(f'[ztf]\npassword = "{SECRET}"\nusername = "u"\napi_url = 3\n')
    else:
        (home / "ztf_credentials.yml").write_text(f"username: u\npassword: {SECRET}\nservers: h:1\n")
    return load_settings()


@pytest.mark.parametrize("secret", ["env", "file", "client"], indirect=True)
def test_a_secret_is_never_in_a_repr_or_a_notice(secret: Settings) -> None:
    assert secret.streams["ztf"].password == SECRET
    assert SECRET not in repr(secret) + str(secret) + repr(secret.streams["ztf"]) + "".join(secret.notices)


def test_a_secret_of_the_wrong_type_is_not_in_the_notice() -> None:
    config("[ztf]\npassword = 918273\n")
    found = load_settings()
    assert len(found.notices) == 1 and "918273" not in found.notices[0] + repr(found)


def stream_config(settings: Settings) -> dict[str, object]:
    import logging
    from dataclasses import replace

    place = replace(settings.streams["ztf"], servers="127.0.0.1:1", group_id="g")
    stream = Stream(place, ["t"], lambda cluster: {}, logging.getLogger("test"), start=None)
    try:
        return stream._config(place)
    finally:
        stream.close()


def test_no_password_means_no_sasl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINK_TUI_ZTF_USERNAME", "u")
    found = stream_config(load_settings())
    assert not [key for key in found if key.startswith(("sasl", "security"))]
    assert (found["bootstrap.servers"], found["group.id"], found["enable.auto.commit"]) == ("127.0.0.1:1", "g", False)


@pytest.mark.parametrize("secret", ["env", "file", "client"], indirect=True)
def test_a_password_means_scram_sha_512(secret: Settings) -> None:
    found = stream_config(secret)
    assert found["sasl.mechanism"] == "SCRAM-SHA-512"
    assert (found["sasl.username"], found["sasl.password"]) == ("u", SECRET)
    assert found["security.protocol"] == "sasl_plaintext"


def test_several_toms_each_with_its_own_table_and_twins(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[tom]\nurl = "https://tom.example.org/"\ngroup = "SN"\n'
        '[tom.student]\nurl = "http://127.0.0.1:8000"\nforce_http = "perhaps"\nnonsense = 1\n[tom.empty]\n'
    )
    env = {"FINK_TUI_TOM_TOKEN": "first", "FINK_TUI_TOM_STUDENT_TOKEN": "second"}
    settings = load_settings(config, env)
    assert [(tom.name, tom.url, tom.token, tom.group) for tom in settings.toms] == [
        ("", "https://tom.example.org", "first", "SN"),
        ("student", "http://127.0.0.1:8000", "second", ""),
    ]
    assert [notice.partition(": ")[2] for notice in settings.notices] == [
        "there is no setting tom.student.nonsense",
        "tom.student.force_http is not used: expected true or false",
    ]


def test_a_token_in_a_file_for_everybody_is_not_used_and_never_shown(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[tom]\nurl = "https://tom.example.org"\ntoken = "secret-1"\n')
    config.chmod(0o644)
    settings = load_settings(config, {})
    assert settings.toms[0].token == "" and "chmod 600" in settings.notices[0]
    config.chmod(0o600)
    settings = load_settings(config, {})
    assert settings.toms[0].token == "secret-1" and settings.notices == ()
    assert "secret-1" not in repr(settings)
