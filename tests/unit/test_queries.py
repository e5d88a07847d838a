"""The declared queries: what is checked, what is sent, and the command line that asks the same."""

from __future__ import annotations

import math
import shlex
from typing import Any

import pytest
from astropy.coordinates import SkyCoord
from hypothesis import given
from hypothesis import strategies as st

from fink_tui.commands.query import build_parser
from fink_tui.fink.known import nearest
from fink_tui.fink.queries import QUERIES
from fink_tui.fink.queries.declare import BOOL, CHOICE, SURVEYS, Argument, Place, Query, Request
from fink_tui.fink.queries.flags import asked, guard
from fink_tui.fink.queries.values import check, survey_of_id
from fink_tui.fink.queries.words import Asked, command_line, given_values, query_from_text
from fink_tui.sky.coordinates import sexagesimal
from fink_tui.sky.positions import parse_position, parse_radius

NOW = 61366.0  # 2026-11-22


def requests(name: str, survey: str = "ztf", /, **texts: str) -> list[Request]:
    query = QUERIES[name]
    checked = check(query, survey, texts, NOW)
    assert not checked.errors
    return query.requests(survey, checked.values)


def payload(name: str, survey: str = "ztf", /, **texts: str) -> dict[str, Any]:
    (request,) = requests(name, survey, **texts)
    return {key: value for key, value in request.payload.items() if key != "columns"}


def errors(name: str, survey: str = "ztf", /, **texts: str) -> dict[str, str]:
    return dict(check(QUERIES[name], survey, texts, NOW).errors)


def notes(name: str, survey: str = "ztf", /, **texts: str) -> str:
    return " ".join(check(QUERIES[name], survey, texts, NOW).notes)


@pytest.mark.parametrize(
    ("text", "ra", "dec"),
    [
        ("193.822 2.89732", 193.822, 2.89732),
        ("193.822, -2.89732", 193.822, -2.89732),
        ("193.822-2.89732", 193.822, -2.89732),
        ("(193.822, +2.89732)", 193.822, 2.89732),
        ("193.822d -2.89732d", 193.822, -2.89732),
        ("12 55 17 -05 12 03", 193.82083333, -5.20083333),
        ("12 55 17 05 12 03", 193.82083333, 5.20083333),
        ("12:55:17.1 -05:12:03", 193.82125, -5.20083333),
        ("12:55:17.1,-05:12:03.4", 193.82125, -5.20094444),
        ("12h55m17s -5d12m", 193.82083333, -5.2),
        ("12h55m17.1s −05°12′03″", 193.82125, -5.20083333),
        ("12h55m17s-5d12m03s", 193.82083333, -5.20083333),
        ("193d49m -5d12m", 193.81666667, -5.2),
        ("00:00:00.0 -00:00:30", 0.0, -0.00833333),
        ("360 90", 0.0, 90.0),
    ],
)
def test_a_position_in_every_notation(text: str, ra: float, dec: float) -> None:
    assert parse_position(text) == pytest.approx((ra, dec), abs=1e-7)


@given(st.floats(0, 359.999), st.floats(-89.99, 89.99), st.sampled_from(["colon", "blank", "letters"]))
def test_sexagesimal_positions_are_astropys(ra: float, dec: float, way: str) -> None:
    first, second = sexagesimal(ra, dec)
    shapes = {"colon": str, "blank": lambda s: s.replace(":", " ")}
    if way == "letters":
        (h, m, s), (d, dm, ds) = first.split(":"), second.split(":")
        text = f"{h}h{m}m{s}s {d}d{dm}m{ds}s"
    else:
        text = f"{shapes[way](first)} {shapes[way](second)}"
    expected = SkyCoord(text) if way == "letters" else SkyCoord(text, unit=("hourangle", "deg"))
    assert parse_position(text) == pytest.approx((expected.ra.deg, expected.dec.deg), abs=1e-9)


@pytest.mark.parametrize(
    "text", ["", "12", "1 2 3", "10 10 -5", "12:65:00 +1:00:00", "400 0", "10 91", "nan nan", "1e400 1", "a b"]
)
def test_what_is_no_position(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_position(text)


@pytest.mark.parametrize(
    ("text", "arcsec"),
    [
        ("5", 5),
        ("5arcsec", 5),
        ('5"', 5),
        ("2'", 120),
        ("2 arcmin", 120),
        (".5 deg", 1800),
        ("5d", 18000),
        ("5°", 18000),
    ],
)
def test_a_radius_with_units(text: str, arcsec: float) -> None:
    assert parse_radius(text) == pytest.approx(arcsec)


@given(st.text(max_size=30))
def test_any_text_is_a_position_or_is_refused(text: str) -> None:
    for read in (parse_position, parse_radius):
        try:
            found = read(text)
        except ValueError:
            continue
        assert all(math.isfinite(x) for x in (found if isinstance(found, tuple) else (found,)))


@given(st.sampled_from(list(QUERIES)), st.sampled_from(SURVEYS), st.data())
def test_any_values_are_understood_or_refused_in_words(name: str, survey: str, data: st.DataObject) -> None:
    query = QUERIES[name]
    texts = {argument.name: data.draw(st.text(max_size=12)) for argument in query.arguments}
    checked = check(query, survey, texts, NOW)
    assert all(text.strip() and text.isprintable() for text in checked.errors.values())
    if not checked.errors and not any(isinstance(v, Place) and v.ra is None for v in checked.values.values()):
        assert query.requests(survey, checked.values)


@pytest.mark.parametrize(
    ("name", "survey", "texts", "expected"),
    [
        ("object", "ztf", {"ids": "ztf21ABFmbix"}, {"objectId": "ZTF21abfmbix"}),
        (
            "object",
            "ztf",
            {"ids": "ZTF21abfmbix", "history": "y"},
            {"objectId": "ZTF21abfmbix", "withupperlim": "True"},
        ),
        ("object", "lsst", {"ids": "170028500588167170"}, {"diaObjectId": "170028500588167170"}),
        (
            "cone",
            "ztf",
            {"position": "10 20", "radius": "1'"},
            {"ra": 10.0, "dec": 20.0, "radius": 60.0, "n": 1000},
        ),
        (
            "cone",
            "lsst",
            {"position": "10 20", "start": "2026-11-01", "window": "3"},
            {"ra": 10.0, "dec": 20.0, "radius": 5.0, "n": 1000, "startdate": "2026-11-01 00:00:00.000", "window": 3.0},
        ),
        ("class", "ztf", {"class": "SN candidate"}, {"class": "SN candidate", "n": 100}),
        (
            "class",
            "ztf",
            {"class": "QSO", "n": "5", "start": "2461367.5", "stop": "61368.25", "trend": "Rising"},
            {
                "class": "QSO",
                "n": 5,
                "startdate": "2026-11-23 00:00:00.000",
                "stopdate": "2026-11-24 06:00:00.000",
                "trend": "rising",
            },
        ),
        (
            "tag",
            "lsst",
            {"tag": "in_tns", "start": "2d"},
            {"tag": "in_tns", "n": 100, "startdate": "2026-11-20 00:00:00.000"},
        ),
        ("sso", "ztf", {"name": "2015  BC557"}, {"n_or_d": "2015 BC557"}),
        ("sso", "lsst", {"name": "8467", "ephemeris": "yes"}, {"n_or_d": "8467", "withEphem": True}),
        ("anomaly", "ztf", {"start": "2026-11-01T05:00"}, {"n": 10, "start_date": "2026-11-01"}),
        ("tracklet", "ztf", {"date": "2021-10-22"}, {"date": "2021-10-22"}),
        ("tracklet", "ztf", {"date": "2021-10-22 04:10"}, {"date": "2021-10-22 04:10"}),
        ("tracklet", "ztf", {"date": "2021-10-22 04:11:38"}, {"date": "2021-10-22 04:11:38"}),
        ("tracklet", "ztf", {"id": "TRCK_20211022_041138_00"}, {"id": "TRCK_20211022_041138_00"}),
        (
            "skymap",
            "lsst",
            {"event": "S230709bi"},
            {"event_name": "S230709bi", "credible_level": 0.2, "n_day_before": 1, "n_day_after": 6},
        ),
        ("statistics", "ztf", {"night": "2021-11-03"}, {"date": "20211103"}),
        ("statistics", "lsst", {"night": "202511"}, {"date": "202511"}),
        ("schema", "ztf", {"field": "drb"}, {}),
        ("schema", "lsst", {"field": "psf"}, {"endpoint": "/api/v1/sources"}),
        ("classes", "ztf", {}, {}),
        ("tags", "lsst", {}, {}),
        ("blocks", "lsst", {}, {}),
        (
            "resolve",
            "ztf",
            {"name": "ZTF23abmwsrw"},
            {"resolver": "tns", "name": "ZTF23abmwsrw", "nmax": 10, "reverse": True},
        ),
        (
            "resolve",
            "ztf",
            {"name": "170028500588167170"},
            {"resolver": "tns", "name_or_id": "170028500588167170", "nmax": 10, "reverse": True},
        ),
        (
            "resolve",
            "lsst",
            {"name": "Markarian 2", "resolver": "simbad"},
            {"resolver": "simbad", "name_or_id": "Markarian 2", "nmax": 10},
        ),
    ],
)
def test_what_is_sent(name: str, survey: str, texts: dict[str, str], expected: dict[str, Any]) -> None:
    sent = payload(name, survey, **texts)
    assert sent == expected
    assert [type(sent[key]) for key in sent] == [type(expected[key]) for key in sent]


def test_many_ids_go_in_chunks_and_each_to_its_survey() -> None:
    ids = [f"ZTF26{chr(97 + n // 26)}{chr(97 + n % 26)}aaaaa" for n in range(45)]
    sent = requests("object", ids="\n".join([*ids, "170028500588167170", ids[0]]))
    assert [(r.survey, r.endpoint) for r in sent] == [("ztf", "objects")] * 3 + [("lsst", "sources")]
    assert ",".join(str(r.payload.get("objectId", "")) for r in sent[:3]).split(",") == ids
    # Where the rows are many, only the columns that are read are asked for; of a few v:classification is worth more.
    assert "i:candid" in sent[0].payload["columns"]
    assert "columns" not in requests("object", ids=ids[0])[0].payload


def test_with_history_lsst_forced_photometry_is_asked_for() -> None:
    sent = requests("object", "lsst", ids="170028500588167170", history="yes")
    assert [request.endpoint for request in sent] == ["sources", "fp"]


@pytest.mark.parametrize("survey", SURVEYS)
def test_fields_named_bring_the_identity_along(survey: str) -> None:
    (request,) = requests("cone", survey, position="1 2", fields="i:drb, r:snr", start="7d")
    columns = request.payload["columns"].split(",")
    assert columns[:2] == ["i:drb", "r:snr"]
    assert "i:candid" in columns if survey == "ztf" else "f:firstDiaSourceMjdTaiFink" in columns
    assert "columns" not in requests("cone", survey, position="1 2", fields="all")[0].payload


@pytest.mark.parametrize(
    ("name", "survey", "texts", "where", "words"),
    [
        ("cone", "ztf", {}, "position", "needed"),
        ("cone", "ztf", {"position": "1 2", "radius": "6 deg"}, "radius", "18,000 arcsec or less"),
        ("cone", "ztf", {"position": "1 2", "radius": "0"}, "radius", "above 0"),
        ("cone", "ztf", {"position": "1 2", "radius": "five"}, "radius", "arcmin"),
        ("cone", "ztf", {"position": "1 95"}, "position", "declination 95"),
        ("cone", "ztf", {"position": "12h99m -5d"}, "position", "60"),
        ("cone", "ztf", {"position": "1 2", "window": "3"}, "window", "start"),
        ("cone", "ztf", {"position": "1 2", "start": "2026-01-02", "stop": "2026-01-01"}, "stop", "after 2026-01-02"),
        ("cone", "ztf", {"position": "1 2", "start": "soon"}, "start", "date"),
        ("cone", "ztf", {"position": "1 2", "start": "1"}, "start", "date"),
        ("cone", "ztf", {"position": "1 2", "n": "0"}, "n", "1 alerts or more"),
        ("cone", "ztf", {"position": "1 2", "n": "1.5"}, "n", "whole number"),
        ("cone", "ztf", {"position": "1 2", "nothing": "x"}, "nothing", "no such argument"),
        ("class", "lsst", {"class": "QSO"}, "survey", "ztf only"),
        ("class", "ztf", {"class": "QSO", "trend": "low_state"}, "trend", "Blazar"),
        ("class", "ztf", {"class": "QSO", "trend": "up"}, "trend", "rising"),
        ("object", "ztf", {"ids": "ZTF21abfmbix, M31"}, "ids", "M31 is no object id"),
        ("object", "ztf", {"ids": " ,; "}, "ids", "needed"),
        ("tracklet", "ztf", {}, "date", "give a date"),
        ("tracklet", "ztf", {"id": "x"}, "id", "TRCK_"),
        ("skymap", "ztf", {"event": "GW170817"}, "event", "S230709bi"),
        ("skymap", "ztf", {"event": "S230709bi", "level": "nan"}, "level", "number"),
        ("skymap", "ztf", {"event": "S230709bi", "before": "8"}, "before", "7 days or less"),
        ("statistics", "ztf", {"night": "2026-13-01"}, "night", "a night"),
        ("schema", "ztf", {"endpoint": "fp"}, "endpoint", "lsst only"),
    ],
)
def test_what_is_refused_and_why(name: str, survey: str, texts: dict[str, str], where: str, words: str) -> None:
    found = errors(name, survey, **texts)
    assert list(found) == [where]
    assert words in found[where]


def test_what_the_server_makes_of_it_is_said_beforehand() -> None:
    assert "ignores --stop" in notes("cone", position="1 2", stop="2026-01-01")
    assert notes("cone", position="1 2", start="2025-01-01", stop="2026-01-01") == ""
    assert "newest alerts first" in notes("class", **{"class": "QSO", "trend": "rising"})
    assert "minute" in notes("cone", "lsst", position="1 2", radius="1 deg")


def test_a_name_is_a_place_still_to_be_found() -> None:
    for name in ("M 31", "3C 273", "47 Tuc", "SN 2023vwy", "PSR B1919+21", "2MASS J05551028+0724255"):
        assert check(QUERIES["cone"], "ztf", {"position": name}, NOW).values["position"] == Place(None, None, name)


@pytest.mark.parametrize(
    ("text", "survey"),
    [
        ("ZTF21abfmbix", "ztf"),
        ("170028500588167170", "lsst"),
        ("8467", None),
        ("99999999999999999999", None),
        ("ZTF21abfmbi", None),
        ("२१२३४५६७८९०१२", None),
    ],
)
def test_ids_are_told_by_their_looks(text: str, survey: str | None) -> None:
    assert survey_of_id(text) == survey


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_the_example_of_each_query_can_be_pasted(query: Query) -> None:
    found = query_from_text(query.example)
    assert found is not None
    assert found.query == query.name
    assert check(query, found.survey, found.values, NOW).errors == {}
    assert parsed(query.example) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ZTF21abfmbix", Asked("object", "ztf", {"ids": "ZTF21abfmbix"})),
        (
            "170028500588167170\n314003014107006318",
            Asked("object", "lsst", {"ids": "170028500588167170 314003014107006318"}),
        ),
        ("193.8, -2.9, 60", Asked("cone", "ztf", {"position": "193.8 -2.9", "radius": "60"})),
        ("193.8 -2.9", Asked("cone", "ztf", {"position": "193.8 -2.9"})),
        ("193.8 -2.9 60", Asked("cone", "ztf", {"position": "193.8 -2.9", "radius": "60"})),
        ("12 55 17 +02 53 50", Asked("cone", "ztf", {"position": "12 55 17 +02 53 50"})),
        ("12:55:17 +02:53:50 2 arcmin", Asked("cone", "ztf", {"position": "12:55:17 +02:53:50", "radius": "2 arcmin"})),
        ("M31, 2 arcmin", Asked("cone", "ztf", {"position": "M31", "radius": "2 arcmin"})),
        ("in_tns, 20", Asked("tag", "lsst", {"tag": "in_tns", "n": "20"})),
        ("in_tns, 2 days", Asked("tag", "lsst", {"tag": "in_tns", "start": "2d", "n": "1000"})),
        ("in_tns", Asked("tag", "lsst", {"tag": "in_tns"})),
        ("SN candidate", Asked("class", "ztf", {"class": "SN candidate"})),
        ("M31", Asked("resolve", "ztf", {"name": "M31"})),
        ("SN 2023vwy", Asked("resolve", "ztf", {"name": "SN 2023vwy"})),
        ("2004 JQ12", Asked("sso", "ztf", {"name": "2004 JQ12"})),
        ("8467", Asked("sso", "ztf", {"name": "8467"})),
        ("C/2020 V2", Asked("sso", "ztf", {"name": "C/2020 V2"})),
        ("S230709bi", Asked("skymap", "ztf", {"event": "S230709bi"})),
        ("TRCK_20211022_041138_00", Asked("tracklet", "ztf", {"id": "TRCK_20211022_041138_00"})),
        ("SN candidate, 10", Asked("class", "ztf", {"class": "SN candidate", "n": "10"})),
        ("(TNS) SN Ia, 5 days", Asked("class", "ztf", {"class": "(TNS) SN Ia", "start": "5d", "n": "1000"})),
        ("hello", Asked("resolve", "ztf", {"name": "hello"})),
        ("1, 2", Asked("cone", "ztf", {"position": "1, 2"})),
        ("12.5", None),
        ("a, b, c", None),
        ("", None),
        ("fink-tui query nosuch", None),
        ("fink-tui query cone 'unclosed", None),
    ],
)
def test_pasted_text(text: str, expected: Asked | None) -> None:
    found = query_from_text(text)
    assert found == expected
    if found is not None:
        assert check(QUERIES[found.query], found.survey, found.values, NOW).errors == {}


@pytest.mark.parametrize("text", ["193.8 -2.9", "M31", "2004 JQ12", "S230709bi"])
def test_pasted_text_is_about_the_survey_of_the_form(text: str) -> None:
    found = query_from_text(text, "lsst")
    assert found is not None
    assert found.survey == "lsst"


def test_a_name_with_a_number_is_a_tag_where_the_form_is_about_lsst() -> None:
    assert query_from_text("promising, 20", "lsst") == Asked("tag", "lsst", {"tag": "promising", "n": "20"})
    assert query_from_text("SN candidate, 20", "lsst") == Asked("class", "ztf", {"class": "SN candidate", "n": "20"})


@pytest.mark.parametrize("line", ["cone 10 10 -5", "cone '10 10' -5", "cone '10 10 -5'"])
def test_three_plain_numbers_are_never_hours(line: str) -> None:
    found = query_from_text(f"fink-tui query {line}")
    assert found is not None
    assert check(QUERIES["cone"], "ztf", found.values, NOW).errors == {"radius": "must be above 0"}


@pytest.mark.parametrize(
    ("typed", "nearest_names"),
    [
        ("sn candidate", ["SN candidate"]),
        ("Erly SN Ia candidate", ["Early SN Ia candidate"]),
        ("qso", ["(TNS) QSO", "(SIMBAD) QSO"]),
        ("tns", ["in_tns"]),
        ("xqzzw", []),
    ],
)
def test_the_nearest_names(typed: str, nearest_names: list[str]) -> None:
    names = ["Early SN Ia candidate", "SN candidate", "(TNS) QSO", "(SIMBAD) QSO", "in_tns"]
    assert nearest(typed, names)[: max(1, len(nearest_names))] == nearest_names


def parsed(line: str) -> Asked:
    """What the command line itself makes of a line."""
    words = shlex.split(line)
    assert words[:2] == ["fink-tui", "query"]
    args = build_parser().parse_args(guard(words[2:]))
    return asked(QUERIES[args.query], args)


def typed(argument: Argument) -> st.SearchStrategy[str]:
    if argument.kind == CHOICE:
        return st.sampled_from(("", *argument.choices))
    if argument.kind == BOOL:
        return st.sampled_from(("", "yes", "no"))
    return st.one_of(
        st.just(""),
        st.sampled_from(["10 20", "-5d12m", "12 55 17 -05 12 03", "5 arcsec", "--json", "-x", "M 31", "a'b\"c", "7d"]),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10),
    )


@given(st.sampled_from(list(QUERIES.values())), st.data())
def test_a_command_line_comes_back_as_what_it_was(query: Query, data: st.DataObject) -> None:
    survey = data.draw(st.sampled_from(query.surveys))
    values = {argument.name: data.draw(typed(argument)) for argument in query.for_survey(survey)}
    line = command_line(query, survey, values)
    found = parsed(line)
    assert found.values == given_values(query, survey, values)
    assert found.survey == survey or query.by_looks
    assert query_from_text(line) == found


@pytest.mark.parametrize(
    ("words", "position", "radius"),
    [
        (["10", "20", "5"], "10 20", "5"),
        (["10", "-20", "5arcmin"], "10 -20", "5arcmin"),
        (["12", "55", "17", "-05", "12", "03", "5", "arcsec"], "12 55 17 -05 12 03", "5 arcsec"),
        (["10, 20", "5"], "10 20", "5"),
        (["12", "55", "17", "-05", "12", "03"], "12 55 17 -05 12 03", None),
        (["M", "31", "60"], "M 31", "60"),
        (["10", "20"], "10 20", None),
        (["12:55:17", "-05:12:03"], "12:55:17 -05:12:03", None),
    ],
)
def test_cone_takes_words_as_they_are_typed(words: list[str], position: str, radius: str | None) -> None:
    expected = {"position": position} | ({"radius": radius} if radius else {})
    assert parsed(shlex.join(["fink-tui", "query", "cone", *words])).values == expected


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_every_argument_is_explained(query: Query) -> None:
    for argument in query.arguments:
        assert argument.title
        assert len(argument.help) > 10
        assert argument.completion in ("", *QUERIES)
        assert bool(argument.completion) == bool(argument.completion_key)
    assert query.help
    assert query.title
