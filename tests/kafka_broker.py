"""A broker that speaks the real Kafka protocol on loopback: librdkafka's own mock cluster, driven through its C API.

It keeps 5 MiB a partition and drops the oldest batches silently, so topics are made with partitions enough.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import confluent_kafka

_QUIET = logging.getLogger("broker")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False


def _library() -> Any:
    folder = Path(confluent_kafka.__file__).parent
    found = [*folder.parent.glob("confluent_kafka.libs/librdkafka*.so*"), *folder.glob(".dylibs/librdkafka*.dylib")]
    library = ctypes.CDLL(str(found[0]))
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("conf_new", pointer, []),
        ("conf_set_log_cb", None, [pointer, pointer]),
        ("new", pointer, [number, pointer, text, ctypes.c_size_t]),
        ("destroy", None, [pointer]),
        ("mock_cluster_new", pointer, [pointer, number]),
        ("mock_cluster_destroy", None, [pointer]),
        ("mock_cluster_bootstraps", text, [pointer]),
        ("mock_topic_create", number, [pointer, text, number, number]),
        ("mock_broker_set_down", number, [pointer, ctypes.c_int32]),
        ("mock_broker_set_up", number, [pointer, ctypes.c_int32]),
        ("mock_broker_set_rtt", number, [pointer, ctypes.c_int32, number]),
        ("mock_topic_set_error", None, [pointer, text, number]),
        ("mock_group_initial_rebalance_delay_ms", None, [pointer, ctypes.c_int32]),
    ):
        function = getattr(library, f"rd_kafka_{name}")
        function.restype, function.argtypes = result, arguments
    return library


class Broker:
    """One broker; `servers` is its address."""

    def __init__(self) -> None:
        self._c = _library()
        error = ctypes.create_string_buffer(512)
        conf = self._c.rd_kafka_conf_new()
        self._c.rd_kafka_conf_set_log_cb(conf, None)
        self._owner = self._c.rd_kafka_new(0, conf, error, 512)
        assert self._owner, error.value
        self._cluster = self._c.rd_kafka_mock_cluster_new(self._owner, 1)
        self._c.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        self.servers: str = self._c.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        self._producer: Any = None

    def __enter__(self) -> Broker:
        return self

    def __exit__(self, *exception: object) -> None:
        self._producer = None
        self._c.rd_kafka_mock_cluster_destroy(self._cluster)
        self._c.rd_kafka_destroy(self._owner)

    def topic(self, name: str, partitions: int = 10) -> None:
        """Make a topic."""
        assert self._c.rd_kafka_mock_topic_create(self._cluster, name.encode(), partitions, 1) == 0

    def produce(self, topic: str, key: bytes | None, value: bytes | None, partition: int = 0) -> None:
        """Write one message, one batch each, and wait until it is there."""
        if self._producer is None:
            self._producer = confluent_kafka.Producer(
                {"bootstrap.servers": self.servers, "message.max.bytes": 8_000_000, "linger.ms": 0}, logger=_QUIET
            )
        failures: list[Any] = []
        note: Callable[[Any, Any], None] = lambda error, _: failures.append(error) if error else None  # noqa: E731
        self._producer.produce(topic, key=key, value=value, partition=partition, on_delivery=note)
        self._producer.flush(10)
        assert not failures, failures

    def down(self) -> None:
        """Refuse connections and cut those there are."""
        self._c.rd_kafka_mock_broker_set_down(self._cluster, 1)

    def up(self) -> None:
        """Come back at the same address with everything kept."""
        self._c.rd_kafka_mock_broker_set_up(self._cluster, 1)

    def delay(self, milliseconds: int) -> None:
        """Answer every request late."""
        self._c.rd_kafka_mock_broker_set_rtt(self._cluster, 1, milliseconds)

    def refuse_topic(self, name: str, code: int) -> None:
        """Answer every request about a topic with a Kafka error code; 0 for none."""
        self._c.rd_kafka_mock_topic_set_error(self._cluster, name.encode(), code)
