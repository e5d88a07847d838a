"""The language of filters: what means what, what is refused and where, and that no text does any harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made import target
from packets import lsst, mma, moving, sky, understood, ztf
from packets import message as sent

from fink_tui.alerts.rows import ObjectRow
from fink_tui.alerts.times import from_iso
from fink_tui.filters.complete import about
from fink_tui.filters.errors import FilterError, explain, one_line
from fink_tui.filters.fields import ALERT, ANSWER_FIELDS, FIELDS, FLAG, NUMBER, OPERATORS_OF, SPAN, TARGET_FIELDS, TIME
from fink_tui.filters.parse import MAX_DEPTH, MAX_LENGTH, parse
from fink_tui.filters.predicate import answer_filter, compiled, target_filter
from fink_tui.filters.tree import All, Comparison, Days, Either, Moment, Node, Not, Word, to_text
from fink_tui.sky.coordinates import galactic_latitude

NOW = 61121.0


def matches(text: str, **fields: Any) -> bool:
    return target_filter(text, clock=lambda _: NOW)(target(**fields))


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        ("", {}, True),
        ("  ", {}, True),
        # Words look in name, objects, class, status, topics, tags and notes, whatever their case.
        ("ztf26AAA", {}, True),
        ("sn cand", {}, True),
        ('"SN cand"', {}, True),
        ('"cand SN"', {}, False),
        ("cand sn", {}, True),
        ("sn agn", {}, False),
        ("new", {}, True),
        ("sn_candidates", {}, True),
        ("rising", {"tags": ("rising",)}, True),
        ("rising", {}, False),
        ("host", {"note": "bright host"}, True),
        ("Strasse", {"note": "Große STRAßE"}, True),
        # Texts and lists.
        ("class~sn", {}, True),
        ("class=SN", {}, False),
        ('class="sn candidate"', {}, True),
        ("class!=AGN", {}, True),
        ("class!~cand", {}, False),
        ("topic~kn", {}, False),
        ("topic=fink_sn_candidates_ztf", {}, True),
        ("topic=fink_sn_candidates", {}, False),
        ("topic!=fink_sn_candidates_ztf", {}, False),
        ("topic!~kn", {"topics": ("a", "b")}, True),
        ("tag!=rising", {}, True),
        ("tag=none", {}, True),
        ("tag!=none", {"tags": ("a",)}, True),
        ("object~bbb", {"objects": ("ZTF26aaa", "ZTF26bbb")}, True),
        ("survey=lsst", {}, False),
        ("survey=LSST", {"surveys": ("lsst", "ztf")}, True),
        ("note=none", {}, True),
        ("note~host", {}, False),
        # Numbers and their units.
        ("mag<19", {}, True),
        ("mag<18.5", {}, False),
        ("mag<=18.5mag", {}, True),
        ("mag > 18 mag", {}, True),
        ("flux>144", {}, True),
        ("flux>144µJy", {}, True),
        ("flux>0.144mJy", {}, True),
        ("flux<144uJy", {}, False),
        ("rate<-0.1", {}, True),
        ("rate<−0.1", {}, True),
        ("change<=-0.5", {}, True),
        ("n>=3", {}, True),
        ("n=3", {}, True),
        ("n!=3", {}, False),
        ("detections=8 limits=4 forced=0", {}, True),
        ("dec<0deg", {}, True),
        ("dec<-330'", {}, False),
        ("dec<=-330'", {}, True),
        ("priority<=2", {"priority": 2}, True),
        ("priority<=2", {}, False),
        ("moving=no", {}, True),
        ("moving!=true", {}, True),
        ("negative=yes", {}, False),
        # Durations and times.
        ("age<5d", {}, True),
        ("age<5 d", {}, True),
        ("age<96h", {}, False),
        ("age<=96h", {}, True),
        ("age<5", {}, True),
        ("age<5d", {"is_moving": True}, False),
        ("seen<25h", {}, True),
        ("seen<1440m", {}, False),
        ("seen<=1440m", {}, True),
        ("first>4d", {}, True),
        ("seen>2026-03-20", {}, True),
        ("seen=2026-03-21", {}, True),
        ("seen=20260321", {}, True),
        ("seen>2026-03-21", {}, False),
        ("seen>=2026-03-21", {}, True),
        ("seen<=2026-03-21", {"last_mjd": 61120.9}, True),
        ("seen<2026-03-21", {"last_mjd": 61119.9}, True),
        ("seen!=2026-03-21", {"last_mjd": 61119.9}, True),
        ("seen>2026-03-21T00:00", {}, False),
        ('seen>="2026-03-21 00:00"', {}, True),
        ("seen>2026-03-21T00:30+01:00", {}, True),
        # Missing values: no comparison is true, so that `not` of any is.
        ("mag<19", {"last_mag": None}, False),
        ("mag>=19", {"last_mag": None}, False),
        ("mag!=19", {"last_mag": None}, False),
        ("not mag<19", {"last_mag": None}, True),
        ("mag=none", {"last_mag": None}, True),
        ("mag!=none", {"last_mag": None}, False),
        ("mag=none", {}, False),
        ("band!=r", {"last_band": None}, False),
        ('class~"none"', {}, False),
        # What the newest alert says itself.
        ("rf_snia_vs_nonia>0.5", {}, True),
        ("rf_snia_vs_nonia>0.8", {}, False),
        ("simbad~gal", {}, True),
        ("drb=0.9", {}, True),
        ("reliability>0.1", {}, False),
        ("reliability=none", {}, True),
        ("simbad=none", {"details": '{"quality":{"target_name":"a \\"simbad\\":\\"x\\""}}'}, True),
        ("simbad~gal", {"details": '{"matches":{"simbad":3}}'}, False),
        ("is_dipole=yes", {"details": '{"quality":{"is_dipole":true}}'}, True),
        ("drb>0", {"details": '{"quality":{"drb":true}}'}, False),
        ("drb>0", {"details": "{}"}, False),
        # Nothing is known of the sky here.
        ("alt>30", {}, False),
        ("alt=none", {}, True),
        # Joining.
        ("class~agn or mag<19 and n>5", {}, False),
        ("(class~sn or mag<10) and n>2", {}, True),
        ("class~sn or mag<10 and n>20", {}, True),
        ("not class~agn not mag<10", {}, True),
        ("not (class~sn mag<19)", {}, False),
        ("NOT class~agn AND MAG<19 OR x", {}, True),
        ("not not sn", {}, True),
        ("mag≤18.5 n≥3 band≠g", {}, True),
        ("n==3", {}, True),
        ('"and"', {"note": "this and that"}, True),
    ],
)
def test_what_matches(text: str, fields: dict[str, Any], expected: bool) -> None:
    assert matches(text, **fields) is expected


@pytest.mark.parametrize(
    ("text", "position", "words", "is_unfinished"),
    [
        ("mag<19 clas~SN", 7, "no field clas: class?", False),
        ("qqqq=3", 0, "no field qqqq", False),
        ("18<mag", 0, "as in mag>18", False),
        ('"mag"<19', 0, "not a quoted text", False),
        ("mag<", 4, "expected a number in mag after mag<", True),
        ("mag<(19)", 4, "expected a number", False),
        ("mag<bright", 4, "mag: expected a number in mag, not bright", True),
        ("mag<19 mag<20<21", 10, "expected a field before <", False),
        ("n<3d", 2, "without a unit", True),
        ("mag<3h", 4, "expected a number in mag", True),
        ("mag~19", 3, "mag is a number", False),
        ("class<SN", 5, "class is a text", False),
        ("tag<SN", 3, "tag is a list", False),
        ("moving<yes", 6, "moving is a yes or no: compare it with = or !=", False),
        ("moving=perhaps", 7, "expected yes or no", True),
        ("seen>2026-13-45", 5, "there is no date", True),
        ("seen>99999999", 5, "there is no date", True),
        ("seen>yesterday", 5, "a date (2026-03-21) or how long ago (2d, 12h, 30m), not yesterday", True),
        ("age<2026-03-21", 4, "age: expected a duration such as 5d", True),
        ("status=good", 7, "there is new, watch, follow, done, reject or snooze", True),
        ("mag<none", 3, "mag=none or mag!=none", False),
        ("class~and", 6, 'quote it, "and"', False),
        ("and", 0, "before and", False),
        ("sn or", 5, "expected a word or a comparison", True),
        ("sn and or x", 7, "before or", False),
        ("not", 3, "expected a word or a comparison", True),
        ("(sn", 3, "expected )", True),
        ("sn)", 2, "closes nothing", False),
        ("()", 1, "before )", False),
        ("a && b", 2, "say and", False),
        ("a | b", 2, "say or", False),
        ('note~"host', 5, "not closed", True),
        ("'host", 0, "not closed", True),
        ("mag<1e999", 4, "expected a number", True),
        ("sep<5", 0, "no field sep", False),
        ("(" * (MAX_DEPTH + 2) + "a", MAX_DEPTH + 1, "deep", False),
        ("not " * 400, 4 * (MAX_DEPTH + 1), "deep", False),
        ("a" * (MAX_LENGTH + 1), MAX_LENGTH, "at most 2,000 characters", False),
        ("__class__=1", 0, "no field __class__", False),
        ("label=1", 0, "no field label", False),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(text: str, position: int, words: str, is_unfinished: bool) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert words in str(caught.value)
    assert (caught.value.position, caught.value.is_unfinished) == (position, is_unfinished)


def test_the_caret_is_under_the_spot() -> None:
    def shown(text: str) -> tuple[str, str]:
        with pytest.raises(FilterError) as caught:
            parse(text)
        return explain(text, caught.value)

    assert shown("mag<19 clas~SN") == ("mag<19 clas~SN", "       ^ no field clas: class?")
    assert shown("\x1b[31m\tmag<")[0] == " [31m mag<"
    # A wide character takes two cells of the line above.
    assert shown("星 clas~SN")[1].index("^") == 3
    long = "x " * 400 + "clas~SN" + " y" * 400
    first, second = shown(long)
    assert len(first) < 140 and first[second.index("^") :].startswith("clas~SN")
    with pytest.raises(FilterError) as caught:
        parse("mag<\x1b[31m")
    assert one_line("mag<\x1b[31m", caught.value).isprintable()


def test_several_errors_of_one_text_are_told_one_by_one_from_the_left() -> None:
    with pytest.raises(FilterError) as caught:
        parse("clas~SN and mga<19")
    assert caught.value.position == 0


# Trees that a text can mean.
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.sampled_from(["2026-03-21", "20260321", "2026-03-21T04:30", "2026-03-21 04:30:10", "2026-03-21T04:30Z"])


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    field = draw(st.sampled_from(list(TARGET_FIELDS.values())))
    sign = draw(st.sampled_from(OPERATORS_OF[field.kind]))
    choices: list[st.SearchStrategy[Any]] = []
    if field.kind == FLAG:
        choices.append(st.booleans())
    elif field.kind == NUMBER:
        choices.append(NUMBERS)
    elif field.kind == SPAN:
        choices.append(NUMBERS.map(Days))
    elif field.kind == TIME:
        choices += [NUMBERS.map(Days), MOMENTS.map(Moment)]
    elif field.choices and sign in ("=", "!="):
        choices.append(st.sampled_from(field.choices))
    else:
        choices += [TEXTS, st.sampled_from(["none", "and", "5d", "19", '"', "\\", "a b"])]
    if sign in ("=", "!="):
        choices.append(st.none())
    return Comparison(field.name, sign, draw(st.one_of(choices)))


WORDS = st.one_of(TEXTS, st.sampled_from(["and", "NOT", "d", "mag", "none", "(", "!", "!=", "&&", "5'", ""])).map(Word)
TREES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(WORDS, comparisons()),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=4).map(lambda terms: All(tuple(terms))),
        st.lists(inner, min_size=2, max_size=4).map(lambda terms: Either(tuple(terms))),
    ),
    max_leaves=12,
)


@settings(max_examples=500, deadline=None)
@given(TREES)
@example(Either((All((Word("mag"), Not(Word("or")))), Comparison("note", "~", "none"))))
def test_a_tree_written_out_is_the_same_tree_again(tree: Node) -> None:
    assert parse(to_text(tree)) == tree


def slowly(tree: Node, texts: str) -> bool:
    """What a tree of words means, the plain way."""
    match tree:
        case Word(text):
            return text.casefold() in texts
        case Not(term):
            return not slowly(term, texts)
        case All(terms):
            return all(slowly(term, texts) for term in terms)
        case Either(terms):
            return any(slowly(term, texts) for term in terms)
    raise AssertionError


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.sampled_from("abc").map(Word),
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=2, max_size=5).map(lambda terms: All(tuple(terms))),
            st.lists(inner, min_size=2, max_size=5).map(lambda terms: Either(tuple(terms))),
        ),
    ),
    st.sets(st.sampled_from("abc")),
)
def test_and_or_not_mean_what_they_say(tree: Node, tags: set[str]) -> None:
    empty = {"name": "", "label": "", "status": "", "objects": (), "topics": ()}
    made = target(**empty, tags=tuple(sorted(tags)))
    assert compiled(tree)(made) is slowly(tree, "".join(sorted(tags)))


PIECES = st.sampled_from(
    ["mag", "class", "seen", "tag", "moving", "<", "=", "~", "!~", "!", "(", ")", '"', "'", "\\", " ", "and", "or",
     "not", "none", "19", "5d", "2026-03-21", "0000-00-00", "1e9", "__import__('os')", "{}",
     "%s", "\x00", "\x1b[2J", "ſ", "İ"]
)  # fmt: skip


@settings(max_examples=800, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
@example("seen>0001-01-01T00:00+14:00")
@example("seen>9999-12-31")
def test_any_text_is_a_filter_or_is_refused_at_a_spot_of_it(text: str) -> None:
    made = target()
    for fields in (TARGET_FIELDS, ANSWER_FIELDS):
        try:
            tree = parse(text, fields)
        except FilterError as error:
            assert 0 <= error.position <= len(text) and str(error)
            first, second = explain(text, error)
            assert "\n" not in first + second and (first + second).isprintable()
            continue
        assert parse(to_text(tree), fields) == tree
        if fields is TARGET_FIELDS:
            assert compiled(tree)(made) in (True, False)


def test_a_long_filter_is_no_deep_recursion() -> None:
    assert matches(" ".join(["n=3"] * 499))
    assert matches(" or ".join(["n=4"] * 280 + ["n=3"]))
    assert not matches(" ".join(["x"] * 999))


def test_every_number_of_every_alert_can_be_asked_for() -> None:
    from packets import real_packets

    packets = [packet for _, packet in sky()]
    packets += [mma("ZTF26a", 1, 61120.0, trigger="1"), lsst(1, 2, 61105.0), moving(3, "2004 JQ12", 61105.0)]
    packets += [ztf("ZTF26b", 2, 61120.0, slsn_score=0.5, ssnamenr="8467", roid=3)]
    packets += [*real_packets("ztf"), *real_packets("lsst")]
    asked = {field.name: field for field in FIELDS if field.origin == ALERT}
    for packet in packets:
        for group, values in understood(sent(packet)).alert.details.items():
            if group in ("versions", "event"):
                continue
            for name, value in values.items():
                kind = asked[name].kind
                assert isinstance(value, bool) == (kind == FLAG) and isinstance(value, str) == (kind == "text"), (
                    f"{group}.{name}"
                )
                found = target(details=json.dumps({group: values}, separators=(",", ":")))
                assert target_filter(f"{name}!=none")(found)


def test_what_is_known_of_the_sky_is_asked_for_when_it_is_needed() -> None:
    class Seen:
        alt, hours = 45.0, None

    calls = []

    def look(of: Any) -> Any:
        calls.append(of.id)
        return Seen if of.id == 1 else None

    test = target_filter("mag<19 alt>30deg", sky=look)
    assert test(target()) and not test(target(id=2)) and not test(target(last_mag=20.0))
    assert calls == [1, 2]
    assert target_filter("hours=none", sky=look)(target())
    assert not target_filter("hours>2h", sky=look)(target())


def test_how_long_ago_counts_from_the_moment_it_is_asked() -> None:
    moment = 61120.5
    test = target_filter("seen<1d", clock=lambda _: moment)
    assert test(target())
    moment = 61121.5
    assert not test(target())


def test_objects_of_an_answer() -> None:
    row = ObjectRow(
        "ztf", "ZTF26aaaaaaa", 150.0, 2.0, "AGN", "SIMBAD", mag=19.5, band="g", flux=3000.0, n_alerts=4,
        last_mjd=61120.0, first_mjd=61100.0, separation_arcsec=3.5, aliases=("AT 2026abc",),
        fields={
            "i:objectId": "ZTF26aaaaaaa", "i:candid": 7, "i:jd": 2461120.5, "i:magpsf": 19.5, "d:rf_snia_vs_nonia": 0.25
        },
    )  # fmt: skip
    for text, expected in (
        ("agn 2026abc", True),
        ("class~agn and sep<4arcsec", True),
        ("sep<0.05'", False),
        ("object~2026", True),
        ("flux=3 age=20d n>3 survey=ztf moving=no", True),
        ("rf_snia_vs_nonia=0.25", True),
        ("drb=none", True),
        ("seen=2026-03-21", True),
    ):
        assert answer_filter(text)(row) is expected, text
    for text in ("status=new", "tag=a", "alt>3", "rate<0"):
        with pytest.raises(FilterError):
            answer_filter(text)
    plain = ObjectRow("", "M 31")
    assert answer_filter("m not mag<3 rf_snia_vs_nonia=none")(plain)


def test_galactic_latitude() -> None:
    # The pole, the Galactic centre (Sgr A*) and the Large Magellanic Cloud.
    assert galactic_latitude(192.85948, 27.12825) == pytest.approx(90.0, abs=1e-4)
    assert galactic_latitude(266.41682, -29.00782) == pytest.approx(-0.046, abs=1e-2)
    assert galactic_latitude(80.894, -69.756) == pytest.approx(-32.89, abs=0.02)
    assert target_filter("glat>30")(target()) and not target_filter("glat>0")(target(ra=None, dec=None))


def test_the_dates_of_a_filter_are_utc() -> None:
    assert from_iso("2026-03-21") == 61120.0


def test_the_readme_has_every_field() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    for field in FIELDS:
        if field.origin != ALERT:
            assert f"| `{field.name}` | {about(field)} |" in readme
