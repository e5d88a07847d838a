"""Avro as Fink sends it: the schema as JSON text in the key, one schemaless record in the value."""

from __future__ import annotations

import io
import json
from collections import OrderedDict
from typing import Any

import fastavro

_KEPT_SCHEMAS = 32


class Undecodable(ValueError):
    """The message is no Avro record of its schema; the text says why in one line of plain words."""


class SchemaCache:
    """Parsed schemas by their text, so that a schema is parsed once and not with every alert."""

    def __init__(self) -> None:
        self._parsed: OrderedDict[bytes, Any] = OrderedDict()

    def decode(self, key: bytes | None, value: bytes | None) -> Any:
        """The record of a message. Raises Undecodable."""
        schema = self._schema(key)
        if not value:
            raise Undecodable("the message is empty")
        stream = io.BytesIO(value)
        try:
            record = fastavro.schemaless_reader(stream, schema, None)
        except EOFError:
            raise Undecodable("the message ends early: it was cut, or its schema doesn't fit") from None
        except Exception as error:
            # fastavro raises whatever the wrong bytes lead it to: IndexError, KeyError, UnicodeDecodeError and more.
            raise Undecodable(f"the value doesn't fit its schema ({type(error).__name__})") from None
        left = len(value) - stream.tell()
        if left:
            raise Undecodable(f"{left} bytes are left over: the schema doesn't fit")
        return record

    def _schema(self, key: bytes | None) -> Any:
        if not key:
            raise Undecodable("no schema came with the message: its key is empty")
        found = self._parsed.get(key)
        if found is None:
            found = self._parsed[key] = _parse(key)
            if len(self._parsed) > _KEPT_SCHEMAS:
                self._parsed.popitem(last=False)
        return found


def _parse(key: bytes) -> Any:
    try:
        document = json.loads(key)
    except (ValueError, RecursionError):
        raise Undecodable("the key is no schema: it is not JSON") from None
    try:
        return fastavro.parse_schema(document)
    except Exception as error:
        raise Undecodable(f"the key is JSON but no Avro schema ({type(error).__name__})") from None
