"""From a measurement to the alert that Fink would send, and to the bytes of its Kafka message."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import Any

import fastavro

from fink_tui.demo import lsst_packets, ztf_packets
from fink_tui.demo.schemas import schema
from fink_tui.demo.visits import Point

_BUILDERS = {"ztf": ztf_packets.alert, "lsst": lsst_packets.alert}


def build(point: Point, sent: float) -> dict[str, Any]:
    """The whole alert of one detection that Fink sends at an MJD UTC."""
    return _BUILDERS[point.survey](point, sent)


def survey_of(alert: dict[str, Any]) -> str:
    """Which survey an alert is of, by what only one of them has."""
    return "lsst" if "diaSource" in alert else "ztf"


@cache
def key(survey: str) -> bytes:
    """The key of every message of a survey: the Avro schema as JSON text."""
    return json.dumps(schema(survey)).encode()


@cache
def _parsed(survey: str) -> Any:
    return fastavro.parse_schema(schema(survey))


def value(alert: dict[str, Any]) -> bytes:
    """The value of a message: one record as schemaless Avro."""
    target = io.BytesIO()
    fastavro.schemaless_writer(target, _parsed(survey_of(alert)), alert)
    return target.getvalue()


def read(survey: str, message: bytes) -> Any:
    """The alert in a message value, as a consumer gets it."""
    return fastavro.schemaless_reader(io.BytesIO(message), _parsed(survey), None)
