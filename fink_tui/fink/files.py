"""Avro container files as a source: each record becomes the message Fink would have sent."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastavro

from fink_tui.alerts.arrival import Arrival, Batch, Message
from fink_tui.alerts.arrival import Undecodable as UndecodableMessage
from fink_tui.fink.avro import SchemaCache
from fink_tui.fink.decode import decode_message
from fink_tui.fink.source import SourceError

_ENDINGS = (".avro", ".avro.gz")


def avro_files(path: Path) -> list[Path]:
    """The Avro files a path names: itself, or all below a folder in the order of their names. Raises SourceError."""
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.name.endswith(_ENDINGS) and p.is_file())
        if not found:
            raise SourceError(f"{path} holds no .avro or .avro.gz file")
        return found
    if not path.is_file():
        raise SourceError(f"{path} is not there: name an Avro file or a folder of them")
    return [path]


def read_messages(path: Path) -> Iterator[Message]:
    """Each record of an Avro file as a message: the file's schema as the key, the record's bytes as the value.

    The topic is the file's name, its content the cluster, so that a file replayed twice brings the same arrivals. A
    block that breaks off in the middle gives its rest as one message that will not decode. Raises SourceError.
    """
    try:
        content = path.read_bytes()
        cluster = "file " + hashlib.blake2b(content, digest_size=8).hexdigest()
        blocks: Any = fastavro.block_reader(
            io.BytesIO(gzip.decompress(content) if path.name.endswith(".gz") else content)
        )
        # fastavro adds marks of its own to a schema it has parsed.
        key = json.dumps(_plain(blocks.writer_schema)).encode()
        offset = 0
        for block in blocks:
            for value in _records(block.bytes_.getvalue(), block.num_records, blocks.writer_schema):
                yield Message(cluster, path.name, 0, offset, key, value)
                offset += 1
    except Exception as error:
        raise SourceError(f"{path} can't be read as an Avro file: {error or type(error).__name__}") from error


def _plain(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {name: _plain(value) for name, value in schema.items() if not name.startswith("__")}
    return [_plain(value) for value in schema] if isinstance(schema, list) else schema


def _records(block: bytes, count: int, schema: Any) -> Iterator[bytes]:
    """The bytes of each record of a block: decoding is the only way to find where one ends."""
    stream = io.BytesIO(block)
    for _ in range(count):
        start = stream.tell()
        try:
            fastavro.schemaless_reader(stream, schema, None)
        except Exception:
            yield block[start:]
            return
        yield block[start : stream.tell()]


class FileSource:
    """Messages of files or of the database, as fast as they are stored or paced by the time between the alerts."""

    def __init__(self, messages: Iterator[Message], *, speed: float | None = None) -> None:
        """`speed` is seconds of observation per second of waiting; None does not wait."""
        self._schemas = SchemaCache()
        self._decoded = (decode_message(self._schemas, message) for message in messages)
        self._speed = speed
        self._held: Arrival | UndecodableMessage | None = None
        self._began: tuple[float, float] | None = None
        self._failed: SourceError | None = None

    def read(self, limit: int, timeout: float) -> Batch | None:
        """As `Source.read`. Raises SourceError where a file can't be read, after what could be read of it."""
        arrivals: list[Arrival] = []
        undecodable: list[UndecodableMessage] = []
        deadline = time.monotonic() + timeout
        while len(arrivals) + len(undecodable) < limit and time.monotonic() < deadline:
            found = self._next()
            if found is None:
                if arrivals or undecodable:
                    break
                if self._failed is not None:
                    raise self._failed
                return None
            if isinstance(found, UndecodableMessage):
                undecodable.append(found)
                continue
            wait = self._wait(found)
            if wait > 0.0:
                self._held = found
                time.sleep(min(wait, max(0.0, deadline - time.monotonic()), 0.0 if arrivals else timeout))
                break
            arrivals.append(found)
        return Batch(tuple(arrivals), tuple(undecodable))

    def _next(self) -> Arrival | UndecodableMessage | None:
        held, self._held = self._held, None
        if held is not None or self._failed is not None:
            return held
        try:
            return next(self._decoded, None)
        except SourceError as error:
            self._failed = error
            return None

    def _wait(self, arrival: Arrival) -> float:
        """Seconds until this alert is due."""
        if self._speed is None:
            return 0.0
        mjd = arrival.alert.detection.mjd
        if self._began is None or mjd < self._began[1]:
            self._began = (time.monotonic(), mjd)
        due = self._began[0] + (mjd - self._began[1]) * 86400.0 / self._speed
        return due - time.monotonic()

    def stored(self, batch: Batch) -> None:
        """Nothing to tell a file."""

    def close(self) -> None:
        """Nothing to let go of."""
