"""Bytes off a topic: what is understood, what is not and why, and that nothing a packet holds can stop the stream."""

from __future__ import annotations

import io
import json
import random
import tempfile
from pathlib import Path

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packets import (
    SN,
    encode,
    key_of,
    kind_of,
    lsst,
    lsst_forced,
    lsst_point,
    message,
    mma,
    moving,
    real_messages,
    understood,
    ztf,
    ztf_point,
)

from fink_tui.alerts.arrival import Arrival, Batch, Message, Undecodable
from fink_tui.fink.avro import SchemaCache
from fink_tui.fink.decode import decode_message
from fink_tui.output.records import target_record, view_record
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect
from fink_tui.store.targets import all_targets, view_target

KEY, VALUE = encode(
    ztf("ZTF26a", 3367463101415010117, 61110.0, prv_candidates=[ztf_point(61100.0, mag=19.0, candid=5)])
)
WHOLE = [
    (KEY, VALUE),
    encode(
        lsst(
            170094456272322680,
            170028485706776685,
            61105.0,
            prvDiaSources=[lsst_point(4, 61100.0, flux=-50.0)],
            prvDiaForcedSources=[lsst_forced(9, 61101.0, flux=10.0)],
        )
    ),
    encode(moving(5, "2004 JQ12", 61105.0)),
    encode(mma("ZTF26a", 7, 61105.0, trigger="739826")),
]


def reason_of(key: bytes | None, value: bytes) -> str:
    found = decode_message(SchemaCache(), Message("c", SN, 0, 0, key, value))
    assert isinstance(found, Undecodable), found
    return found.reason


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (None, VALUE, "no schema"),
        (b"", VALUE, "no schema"),
        (b"\xff\xfe{", VALUE, "not JSON"),
        (b"ztf", VALUE, "not JSON"),
        (b"[" * 100_000, VALUE, "not JSON"),
        (b'{"type": "recorder"}', VALUE, "no Avro schema"),
        (b"17", VALUE, "no Avro schema"),
        (KEY, b"", "empty"),
        (KEY, VALUE[:-1], "ends early"),
        (KEY, VALUE[:20], "ends early"),
        (KEY, VALUE + b"\x00", "left over"),
        (KEY, b"\x80" * 40, "doesn't fit"),
        (b'"string"', b"\x06abc", "not a record"),
        (b'{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}]}', b"\x02", "not an alert"),
        (key_of("lsst"), VALUE, ""),
    ],
)
def test_what_is_no_alert_is_told_in_one_plain_line(key: bytes | None, value: bytes, words: str) -> None:
    reason = reason_of(key, value)
    assert words in reason
    assert reason.isprintable() and 0 < len(reason) <= 300


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (ztf("ZTF26a", None, 61110.0), "candid"),
        (ztf("null", 1, 61110.0), "objectId"),
        (ztf("ZTF26a", 1, None), "jd"),
        (ztf("ZTF26a", 1, 61110.0, mag=None), "magpsf"),
        (lsst(None, 5, 61110.0), "diaSourceId"),
        (lsst(1, 0, 61110.0), "diaObjectId"),
        (lsst(1, 5, None), "midpointMjdTai"),
        (mma(None, 1, 61110.0, trigger="x"), "objectId"),
        (mma("ZTF26a", None, 61110.0, trigger="x"), "candid"),
        (mma("ZTF26a", 1, 61110.0, trigger="x", jd=-999.0), "jd"),
        (ztf("ZTF26a", 1, 1e306), "jd"),
        (lsst(1, 5, 1e306), "midpointMjdTai"),
        (mma("ZTF26a", 1, 1e306, trigger="x"), "jd"),
    ],
)
def test_an_alert_without_identity_or_time_is_told(packet: dict, words: str) -> None:  # type: ignore[type-arg]
    assert words in reason_of(*encode(packet))


def store_and_show(arrival: Arrival) -> None:
    with tempfile.TemporaryDirectory() as folder:
        conn = connect(Path(folder) / "a.db")
        write_batch(conn, Batch((arrival,)))
        for target in all_targets(conn):
            view = view_target(conn, target.id)
            assert view is not None
            json.dumps([view_record(view), target_record(target)], allow_nan=False)
        conn.close()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_flipped_cut_and_glued_bytes_never_stop_anything(data: st.DataObject) -> None:
    key, value = data.draw(st.sampled_from(WHOLE))
    damaged = bytearray(value)
    for place, byte in data.draw(st.lists(st.tuples(st.integers(0, len(value) - 1), st.integers(0, 255)), max_size=4)):
        damaged[place] = byte
    end = data.draw(st.one_of(st.just(len(value)), st.integers(0, len(value))))
    found = decode_message(SchemaCache(), Message("c", SN, 0, 0, key, bytes(damaged[:end])))
    if isinstance(found, Arrival):
        store_and_show(found)
    else:
        assert found.reason.isprintable()


_EXTREMES = [1.7e308, -1.7e308, 5e-324, 1e-300, float("inf"), float("nan"), -1.0, 0.0, -999.0, 3.4e38]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_extreme_numbers_in_any_field_never_stop_anything(data: st.DataObject) -> None:
    extreme = st.sampled_from(_EXTREMES)
    number = data.draw(extreme)
    ztf_field = data.draw(
        st.sampled_from(["jd", "magpsf", "sigmapsf", "magnr", "sigmagnr", "ra", "dec", "jdstarthist"])
    )
    lsst_field = data.draw(
        st.sampled_from(["midpointMjdTai", "psfFlux", "psfFluxErr", "scienceFlux", "ra", "dec", "h"])
    )
    packets = [
        ztf("ZTF26a", 1, 61110.0, **({"magnr": data.draw(extreme)} | {ztf_field: number})),
        ztf("ZTF26a", 1, 61110.0, prv_candidates=[ztf_point(61100.0, **({"mag": 19.0} | {"jd": number}))]),
        lsst(1, 5, 61110.0, **({"psfFluxErr": data.draw(extreme)} | {lsst_field: number})),
        lsst(1, 5, 61110.0, prvDiaForcedSources=[lsst_forced(1, 61100.0, flux=1.0, midpointMjdTai=number)]),
        lsst(1, 5, 61110.0, firstDiaSourceMjdTaiFink=number),
        mma("ZTF26a", 1, 61110.0, trigger="x", jdstarthist=number, gcn_ra=number),
    ]
    for packet in packets:
        # Doubles go through Avro unchanged; the single-precision fields of the real schemas would lose the extremes.
        found = decode_message(SchemaCache(), _as_doubles(packet))
        if isinstance(found, Arrival):
            store_and_show(found)


def _as_doubles(packet: dict) -> Message:  # type: ignore[type-arg]
    return _encoded(json.loads(key_of(kind_of(packet)).replace(b'"float"', b'"double"')), packet)


def _encoded(document: dict, packet: dict) -> Message:  # type: ignore[type-arg]
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(document), packet)
    return Message("c", SN, 0, 0, json.dumps(document).encode(), out.getvalue())


def test_a_damaged_real_alert_never_stops_anything() -> None:
    chance = random.Random(5)
    schemas = SchemaCache()
    for survey in ("ztf", "lsst"):
        for whole in real_messages(survey)[:4]:
            for _ in range(10):
                damaged = bytearray(whole.value)
                for _ in range(3):
                    damaged[chance.randrange(len(damaged))] = chance.randrange(256)
                found = decode_message(schemas, Message("c", SN, 0, 0, whole.key, bytes(damaged)))
                if isinstance(found, Arrival):
                    store_and_show(found)


def test_fields_unknown_here_do_no_harm() -> None:
    document = json.loads(key_of("ztf"))
    document["fields"].append({"name": "score_of_2031", "type": ["double", "null"]})
    packet = ztf("ZTF26a", 1, 61110.0)
    assert understood(_encoded(document, packet | {"score_of_2031": 0.5})).alert == understood(message(packet)).alert


def test_a_schema_is_parsed_once_and_a_flood_of_schemas_is_forgotten() -> None:
    schemas = SchemaCache()
    for number in range(100):
        key = json.dumps({"type": "record", "name": f"r{number}", "fields": [{"name": "a", "type": "int"}]}).encode()
        assert schemas.decode(key, b"\x02") == {"a": 1}
    assert len(schemas._parsed) <= 32
    assert schemas.decode(KEY, VALUE)["objectId"] == "ZTF26a"
