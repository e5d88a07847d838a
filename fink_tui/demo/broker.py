"""The simulated Fink's broker process: a Kafka on loopback and what the night brings, until it is told to stop.

    python -m fink_tui.demo.broker --seed 1 --speed 30

It prints one line of JSON, {"bootstrap": "127.0.0.1:PORT", "topics": [...]}, once the first alerts are in the queue.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import sys
import threading
from typing import Any

from confluent_kafka import Producer

from fink_tui.demo import DEFAULT_SEED, DEFAULT_SPEED, night, packets
from fink_tui.demo.process import stop_on_signals, stop_with_parent
from fink_tui.demo.topics import TOPICS

_PARTITIONS = 4  # what librdkafka's mock cluster gives every topic
_LONGEST_WAIT = 300.0  # simulated seconds; the day between two nights is not waited for
_SECONDS_PER_DAY = 86400.0


def main() -> int:
    """Run until SIGTERM, SIGINT or the end of the standard input."""
    parser = argparse.ArgumentParser(prog="python -m fink_tui.demo.broker", description="A simulated Fink livestream.")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="which simulated sky (default %(default)s)")
    pace = f"simulated seconds per second (default {DEFAULT_SPEED:g}: a night in 20 minutes)"
    parser.add_argument("--speed", type=float, default=DEFAULT_SPEED, help=pace)
    arguments = parser.parse_args()
    if not arguments.speed > 0.0:
        parser.error("--speed must be more than 0")
    stop = threading.Event()
    stop_on_signals(stop)
    stop_with_parent(stop)
    broker = Broker(random.Random(f"{arguments.seed}/partitions"))
    broker.run(arguments.seed, arguments.speed, stop)
    # A plain return would wait for librdkafka to shut its mock cluster down, which takes as long as its clients like.
    sys.stdout.flush()
    os._exit(0)


class Broker:
    """A mock Kafka cluster of librdkafka, in this process, and the producer that fills it."""

    def __init__(self, dice: random.Random) -> None:
        silent = logging.getLogger("fink_tui.demo.kafka")
        silent.addHandler(logging.NullHandler())
        silent.propagate = False
        self._dice = dice
        settings = {
            "test.mock.num.brokers": 1,
            # A partition keeps 5 MiB and drops whole batches: small ones, so that it never drops much at once.
            "batch.num.messages": 4,
            "linger.ms": 0,
            "compression.type": "lz4",
            "message.max.bytes": 4_000_000,
        }
        self._producer = Producer(settings, logger=silent)

    @property
    def bootstrap(self) -> str:
        """Host and port to connect to."""
        known = self._producer.list_topics(timeout=10).brokers.values()
        return ",".join(f"{broker.host}:{broker.port}" for broker in known)

    def run(self, seed: int, speed: float, stop: threading.Event) -> None:
        """Send the alerts of night after night; `speed` is simulated seconds per second."""
        for topic in TOPICS:
            # Asking for a topic makes it; a client that subscribes to one that is not there yet gets an error.
            self._producer.list_topics(topic, timeout=10)
        clock = night.OPENING
        announced = False
        message: tuple[dict[str, Any] | None, bytes, bytes] = (None, b"", b"")
        for at, topic, alert in night.alerts(seed):
            if at > clock:
                if not announced:
                    announced = self._announce()
                wait = min((at - clock) * _SECONDS_PER_DAY, _LONGEST_WAIT) / speed
                clock = at
                stop.wait(wait)
            if stop.is_set():
                return
            if message[0] is not alert:
                message = (alert, packets.key(packets.survey_of(alert)), packets.value(alert))
            self._send(topic, message[1], message[2])

    def _announce(self) -> bool:
        self._producer.flush(5.0)
        print(json.dumps({"bootstrap": self.bootstrap, "topics": list(TOPICS)}), flush=True)
        return True

    def _send(self, topic: str, key: bytes, value: bytes) -> None:
        partition = self._dice.randrange(_PARTITIONS)
        self._producer.produce(topic, key=key, value=value, partition=partition, on_delivery=_complain)
        self._producer.flush(0.5)


def _complain(error: Any, message: Any) -> None:
    if error is not None:
        print(f"an alert for {message.topic()} was not taken: {error}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
