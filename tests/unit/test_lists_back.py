"""What goes out comes in again the same, whatever it is called, in every form that holds all of it."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fink_tui.fink.queries.values import survey_of_id
from fink_tui.lists.read import read_list
from fink_tui.output.records import target_record
from fink_tui.output.tables import as_csv, as_json, as_votable
from fink_tui.store.connection import connect_memory
from fink_tui.store.listed import Listed, write_listed
from fink_tui.store.targets import all_targets

TEXT = st.text(max_size=12) | st.text("=+-@#'\";,|\t\n {}<&\\1aé\u202e\x1b", max_size=12)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": TEXT,
            "ra": st.none() | st.floats(0, 359.999999),
            "dec": st.floats(-90, 90),
            "status": st.sampled_from(["new", "follow", "reject"]),
            "priority": st.sampled_from([None, 1, 3]),
            "tags": st.sampled_from([[], ["a"], ["a", "b-c"]]),
            "note": TEXT,
            "objects": st.sampled_from([[], ["170028500588167171"], ["ZTF26aaaaaaa"]]),
        }
    ),
    min_size=1,
    max_size=5,
)


def decided(rows: tuple[Listed, ...]) -> list[tuple[object, ...]]:
    return [(r.name, r.ra, r.dec, r.status, r.priority, r.tags, r.note, r.is_moving) for r in rows]


@pytest.mark.parametrize("form", ["csv", "json", "votable"])
@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_what_goes_out_comes_in_again(form: str, rows: list[dict[str, object]]) -> None:
    for row in rows:
        row["dec"] = None if row["ra"] is None else row["dec"]
    with closing(connect_memory()) as conn:
        write_listed(conn, read_list(json.dumps(rows).encode()).rows, "x")
        targets = all_targets(conn)
    records = [target_record(target) for target in targets]
    content = {"csv": as_csv, "json": as_json}.get(form, lambda r: as_votable(r, {}))(records)
    reading = read_list(content if isinstance(content, bytes) else content.encode())
    assert reading.wrong == ()
    assert decided(reading.rows) == [
        (t.name, t.ra, t.dec, t.status, t.priority, t.tags, t.note, t.is_moving) for t in targets
    ]
    for row, target in zip(reading.rows, targets, strict=True):
        assert {name for _, name in row.objects} == {name for name in target.objects if survey_of_id(name)}
