"""Lists of other programs: any usual notation is understood, and what is wrong is said without spoiling the rest."""

from __future__ import annotations

import io
import math

import pytest
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, Table
from hypothesis import given
from hypothesis import strategies as st

from fink_tui.lists.read import Reading, read_list
from fink_tui.lists.sheets import UnreadableList
from fink_tui.sky.coordinates import sexagesimal
from fink_tui.store.listed import Listed

RA, DEC = 193.82125, -5.20083


def read(text: str) -> Reading:
    return read_list(text.encode())


def only(text: str) -> Listed:
    reading = read(text)
    assert not reading.wrong, reading.wrong
    (row,) = reading.rows
    return row


def is_there(row: Listed) -> bool:
    return row.ra is not None and abs(row.ra - RA) < 2e-4 and abs((row.dec or 0) - DEC) < 2e-4


@pytest.mark.parametrize(
    "text",
    [
        "name,ra,dec\nSN 1,193.82125,-5.20083\n",
        "Name;RAJ2000;DEJ2000\nSN 1;193,82125;-5,20083\n",
        "_RAJ2000\t_DEJ2000\tMAIN_ID\n12 55 17.10\t-05 12 03.0\tSN 1\n",
        "target|R.A.|Dec.\nSN 1|12:55:17.1|-05:12:03\n",
        "name,RA (h),Dec (deg)\nSN 1,12.9214167,-5.20083\n",
        "name,ra_hours,dec\nSN 1,12.9214167,-5.20083\n",
        "object,coordinates\nSN 1,12h55m17.1s -5d12m03s\n",
        "\ufeffname,ra,dec\r\nSN 1,193.82125,-5.20083\r\n",
        "SN 1,193.82125,-5.20083\n",
        "SN 1, 12:55:17.1, −05:12:03, J2000, 18.2\n",
        "7,SN 1,193.82125,-5.20083\n",
        "SN 1 12 55 17.1 -05 12 03 2000\n",
        "SN 1 12:55:17.1 -05:12:03 2000.0 18.2 a remark\n",
        "# name ra dec equinox mag\nSN_1 12:55:17.100 -05:12:03.00 J2000 nan\n",
        '# made by somebody\nname ra dec\n"SN 1" 12:55:17.1 -05:12:03\n',
        "name ra dec mag\nSN 1 12 55 17.1 -05 12 03 18.2\n",
    ],
)
def test_positions_are_understood_in_any_usual_notation(text: str) -> None:
    row = only(text)
    assert row.name.replace("_", " ") == "SN 1"
    assert is_there(row), (row.ra, row.dec)


def test_utf16_of_a_spreadsheet_is_read() -> None:
    (row,) = read_list("name\tra\tdec\nMařenka\t193.82125\t-5.20083\n".encode("utf-16")).rows
    assert row.name == "Mařenka" and is_there(row)


def test_b1950_is_brought_to_icrs() -> None:
    row = only("name,ra,dec,equinox\n3C 273,12:26:33.3,+02:19:42,B1950\n")
    wanted = SkyCoord("12:29:06.7 +02:03:08.6", unit=("hourangle", "deg"))
    assert SkyCoord(row.ra, row.dec, unit="deg").separation(wanted).arcsec < 2.0
    (wrong,) = read("name,ra,dec,equinox\nX,1,2,B1875\n").wrong
    assert wrong == (2, "equinox b1875 is neither J2000 nor B1950")


def test_a_position_alone_gets_a_name_after_it() -> None:
    assert only("193.82125 -5.20083\n").name == only("ra,dec\n193.82125,-5.20083\n").name == "J125517.10-051203.0"


def test_ids_of_both_surveys_and_designations_one_a_line() -> None:
    reading = read("# mine\nZTF21abfmbix\nztf21ABFMBIX\n170028500588167170\n2004 JQ12\nC/2023 A3\n\nM 31\n")
    assert [row.objects for row in reading.rows] == [
        (("ztf", "ZTF21abfmbix"),), (("ztf", "ZTF21abfmbix"),), (("lsst", "170028500588167170"),), (), (), (),
    ]  # fmt: skip
    assert [row.is_moving for row in reading.rows] == [False, False, False, True, True, False]
    assert [row.name for row in reading.rows[3:]] == ["2004 JQ12", "C/2023 A3", "M 31"]
    assert [row.objects for row in read("ZTF21abfmbix ZTF21abfmbiy\n").rows] == [
        (("ztf", "ZTF21abfmbix"),), (("ztf", "ZTF21abfmbiy"),),
    ]  # fmt: skip


def test_wide_ids_never_pass_through_a_float() -> None:
    table = Table({"diaObjectId": [170028500588167171], "ra": [RA], "dec": [DEC]})
    for form in ("votable", "ascii.csv"):
        out = io.BytesIO() if form == "votable" else io.StringIO()
        table.write(out, format=form)
        content = out.getvalue()
        (row,) = read_list(content.encode() if isinstance(content, str) else content).rows
        assert row.objects == (("lsst", "170028500588167171"),)
    assert only('[{"id": 170028500588167171}]').objects == (("lsst", "170028500588167171"),)


def test_votable_units_and_missing_values() -> None:
    table = Table({"MAIN_ID": ["a", "b"], "RA": MaskedColumn([RA / 15, 0.0], mask=[False, True], unit="h")})
    table["DEC"] = MaskedColumn([DEC, 0.0], mask=[False, True], unit="deg")
    out = io.BytesIO()
    table.write(out, format="votable")
    first, second = read_list(out.getvalue()).rows
    assert is_there(first) and math.isclose(first.ra or 0, RA)
    assert (second.name, second.ra) == ("b", None)


def test_wrong_lines_are_said_with_their_number_and_the_rest_is_read() -> None:
    reading = read('name,ra,dec\na,1,2\nb,400,2\nc,1\n"d,1,2\n\ne,x,y\nf,3,4\n,,\ng,12:61:00,3\n')
    assert [row.name for row in reading.rows] == ["a", "f"]
    assert dict(reading.wrong) == {
        3: "right ascension 400 is outside 0 to 360 degrees",
        4: "1 is no position",
        5: "a quote is not closed",
        7: "x y is no position",
        10: "12:61:00: minutes and seconds go up to 60",
    }


def test_what_is_not_ours_is_left_aside_and_said() -> None:
    reading = read("name,ra,dec,priority,status,redshift\na,1,2,9,great,0.1\n")
    (row,) = reading.rows
    assert (row.priority, row.status) == (None, None)
    assert reading.notes == (
        "columns left aside: redshift",
        "line 2: status great is none of new, watch, follow, done, reject, snooze: left aside",
        "line 2: priority 9 is none of 1, 2, 3: left aside",
    )


def test_degrees_that_look_like_hours_are_said() -> None:
    text = "name,ra,dec\n" + "".join(f"n{i},{i + 0.5},{i}\n" for i in range(6))
    assert "call the column ra_hours" in read(text).notes[0]


def test_no_list_is_said_in_one_line() -> None:
    for content in (b"[1, 2", b"<?xml version='1.0'?><html/>", b"{"):
        with pytest.raises(UnreadableList) as error:
            read_list(content)
        assert "\n" not in str(error.value)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_nothing_breaks_the_reader(content: bytes) -> None:
    try:
        read_list(content)
    except UnreadableList:
        pass


@given(st.floats(0, 359.9999), st.floats(-90, 90))
def test_a_line_for_a_telescope_comes_back_where_it_was(ra: float, dec: float) -> None:
    first, second = sexagesimal(ra, dec)
    row = only(f"SN_1 {first} {second} J2000 18.2\n")
    assert row.ra is not None and row.dec is not None
    assert SkyCoord(row.ra, row.dec, unit="deg").separation(SkyCoord(ra, dec, unit="deg")).arcsec < 0.15
