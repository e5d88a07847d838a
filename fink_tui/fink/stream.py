"""One survey's live stream: fink-client's AlertConsumer, made quiet, quick to stop and safe to kill.

It never commits by itself and starts where the database says, whatever the broker's group believes. A first contact
with a topic follows the user's choice, or is held until there is one. No call waits longer than half a second.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import confluent_kafka as kafka
import fink_client.consumer
from fink_client.consumer import AlertConsumer, _get_kafka_config

from fink_tui.alerts.arrival import Arrival, Batch, Message, Undecodable
from fink_tui.alerts.times import from_datetime
from fink_tui.fink.avro import SchemaCache
from fink_tui.fink.credentials import StreamSettings
from fink_tui.fink.decode import decode_message
from fink_tui.fink.inquiry import Inquiry
from fink_tui.fink.start import Place, Survey, ask_broker, plan_partition
from fink_tui.fink.state import StreamState, plain_error

# fink-client's own logger writes to the terminal.
fink_client.consumer._LOG.handlers.clear()

_WAIT_S = 0.2
_FIRST_ASK_S = 2.0
_ASK_S = 10.0
_LOOK_S = 2.0
ReadOffsets = Callable[[str], Mapping[Place, int]]


class Stream(AlertConsumer):  # type: ignore[misc]
    """The topics of one survey, read in batches.

    `start` is the user's choice for a first contact (stored, earliest, latest, an ISO time), None to be asked;
    `again` lets it also go back behind what was read before, never forward over what was not. `breathe` is slept
    after each alert, seconds, so that a screen in the same process stays quick.
    """

    def __init__(
        self,
        settings: StreamSettings,
        topics: list[str],
        read_offsets: ReadOffsets,
        log: logging.Logger,
        *,
        start: str | None,
        again: bool = False,
        breathe: float = 0.0,
    ) -> None:
        # AlertConsumer's own __init__ would build a consumer that commits by itself and writes to the terminal.
        self.survey = settings.survey
        self.schema_path = None
        self.dump_schema = False
        self.state = StreamState(settings.survey, settings.servers or "", list(topics))
        self._topics = list(topics)
        self._start, self._again, self._breathe = start, again, breathe
        self._chosen: dict[str, str] = {}
        self._read_offsets = read_offsets
        self._schemas = SchemaCache()
        self._cluster = ""
        self._assignment: list[Place] = []
        self._position: dict[Place, int] = {}
        self._end: dict[Place, int] = {}
        self._held: set[Place] = set()
        self._fresh: dict[Place, int] = {}
        self._begun: set[Place] = set()
        self._paused = False
        self._looked = 0.0
        self._ask_s = _FIRST_ASK_S
        self._metadata: Inquiry[Any] | None = None
        self._survey: Inquiry[Survey] | None = None
        self._log = log
        self._consumer = kafka.Consumer(self._config(settings), logger=log)

    def _config(self, settings: StreamSettings) -> dict[str, Any]:
        given = {"group.id": settings.group_id, "bootstrap.servers": settings.servers}
        if settings.password is not None:
            given |= {"username": settings.username or "", "password": settings.password}
        config: dict[str, Any] = _get_kafka_config(given)
        return config | {
            "client.id": "fink-tui",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "session.timeout.ms": 10_000,
            "heartbeat.interval.ms": 3_000,
            "topic.metadata.refresh.interval.ms": 30_000,
            "reconnect.backoff.max.ms": 3_000,
            "queued.max.messages.kbytes": 32_768,
            "fetch.queue.backoff.ms": 10,
            "error_cb": self._failed,
            "statistics.interval.ms": 2_000,
            "stats_cb": self._counted,
            "on_commit": self._committed,
        }

    def read(self, limit: int, timeout: float) -> Batch | None:
        """As `Source.read`; what the broker complains of goes to `state`."""
        if not self._cluster and not self._connect(min(timeout, _WAIT_S)):
            return Batch()
        if self._unsettled() and not self._settle(min(timeout, _WAIT_S)):
            return Batch()
        messages = self._consumer.consume(limit, min(timeout, _WAIT_S))
        arrivals: list[Arrival] = []
        undecodable: list[Undecodable] = []
        # Where a first contact begins is kept even if nothing comes: the next start goes on from there.
        following, self._fresh = self._fresh, {}
        for message in messages:
            if message.error() is not None:
                self._complained(message)
                continue
            taken = self._message(message)
            found = decode_message(self._schemas, taken)
            if isinstance(found, Arrival):
                arrivals.append(found)
            else:
                undecodable.append(found)
            following[taken.topic, taken.partition] = taken.offset + 1
            if self._breathe:
                time.sleep(self._breathe)
        self._position |= {place: offset for place, offset in following.items() if place in self._position}
        self._look()
        offsets = tuple((self._cluster, topic, part, offset) for (topic, part), offset in following.items())
        return Batch(tuple(arrivals), tuple(undecodable), offsets)

    def stored(self, batch: Batch) -> None:
        """Tell the broker how far the group is, for others to see; the database alone decides where we go on."""
        done = [kafka.TopicPartition(topic, part, following) for _, topic, part, following in batch.offsets]
        if done:
            try:
                self._consumer.commit(offsets=done, asynchronous=True)
            except kafka.KafkaException as error:
                self._log.info("commit not sent: %s", error)

    def pause(self) -> None:
        """Stop fetching; the place in the group is kept."""
        self._paused = True
        self._consumer.pause(self._consumer.assignment())

    def resume(self) -> None:
        """Go on fetching."""
        self._paused = False
        self._consumer.resume([kafka.TopicPartition(*place) for place in self._position])

    def follow(self, topics: list[str]) -> None:
        """Change the topics while it runs; one read before goes on where it was left."""
        self._topics = list(topics)
        self.state.topics = list(topics)
        if not topics:
            self._consumer.unsubscribe()
            self._taken_away()
        elif self._cluster:
            self._subscribe()

    def begin(self, topic: str, start: str) -> None:
        """Answer a held first contact with a topic: read from `start` on."""
        self._chosen[topic] = start
        self._held = {place for place in self._held if place[0] != topic}
        self.state.waiting.pop(topic, None)

    def close(self) -> None:
        """Leave the group; with nothing left to commit this does not wait for the broker."""
        inquiries = [inquiry for inquiry in (self._metadata, self._survey) if inquiry is not None]
        # librdkafka's handle must not go while a call is in it: a group left without a word times out by itself.
        if all(inquiry.is_done(0.1) for inquiry in inquiries):
            self._consumer.close()

    # Learning the cluster's name and where to begin, without ever waiting long for an answer. While a question is
    # under way nothing else is asked of the consumer: librdkafka would let it wait for the answer as well.

    def _connect(self, wait: float) -> bool:
        """Learn the cluster's name, under which the offsets are kept; only then are the topics subscribed to."""
        if self._metadata is None:
            ask_s = self._ask_s
            self._metadata = Inquiry(lambda: self._consumer.list_topics(timeout=ask_s))
        if not self._metadata.is_done(wait):
            return False
        inquiry, self._metadata = self._metadata, None
        try:
            found = inquiry.answer()
        except kafka.KafkaException as error:
            # Serves the callback that tells why; where none comes the link may just be slow.
            self._consumer.poll(0)
            self._ask_s = min(_ASK_S, self._ask_s * 2) if not self.state.trouble else _FIRST_ASK_S
            self.state.trouble = self.state.trouble or plain_error(error.args[0], self.state.servers)
            return False
        self._cluster = found.cluster_id or self.state.servers
        self.state.reached(self._topics, set(found.topics))
        self._subscribe()
        return True

    def _subscribe(self) -> None:
        if self._topics:
            self._consumer.subscribe(self._topics, on_assign=self._assigned, on_revoke=self._revoked)

    def _unsettled(self) -> list[Place]:
        return [place for place in self._assignment if place not in self._position and place not in self._held]

    def _settle(self, wait: float) -> bool:
        """Decide where to begin in the partitions just given to us; False while the broker has not told their ends."""
        places = self._unsettled()
        choices = {place: self._chosen.get(place[0], self._start) for place in places}
        if self._survey is None:
            self._survey = Inquiry(lambda: ask_broker(self._consumer, choices, _ASK_S))
        if not self._survey.is_done(wait):
            return False
        inquiry, self._survey = self._survey, None
        try:
            found = inquiry.answer()
        except kafka.KafkaException as error:
            self._log.info("the broker did not tell its offsets: %s", error)
            return True
        known = self._read_offsets(self._cluster)
        for place in places:
            if place in found.low and place in found.high:
                self._take(place, known.get(place), found)
        self._reassign()
        return True

    def _take(self, place: Place, known: int | None, found: Survey) -> None:
        low, high = found.low[place], found.high[place]
        # Once is enough: partitions also come back whenever somebody joins or leaves the group.
        again = self._again and place not in self._begun
        plan = plan_partition(known, found.asked.get(place), low, high, again=again)
        self._end[place] = high
        if plan.note:
            self.state.notes.append(f"{place[0]} partition {place[1]}: {plan.note}")
        if plan.is_held:
            self._held.add(place)
            self.state.waiting[place[0]] = self.state.waiting.get(place[0], 0) + high - low
        else:
            self._position[place] = plan.offset
            self._begun.add(place)
            if known is None:
                self._fresh[place] = plan.offset

    def _reassign(self) -> None:
        partitions = [kafka.TopicPartition(*place, self._position.get(place, 0)) for place in self._assignment]
        self._consumer.assign(partitions)
        # A new assignment keeps what was paused before.
        if self._paused:
            self._consumer.pause(partitions)
        else:
            self.resume()
        self.state.is_settled = not self._unsettled()

    # Callbacks of librdkafka: called from within consume and poll, on the thread that reads.

    def _assigned(self, consumer: Any, partitions: list[Any]) -> None:
        self._taken_away()
        self._assignment = [(tp.topic, tp.partition) for tp in partitions]
        self.state.is_assigned = self.state.is_connected = True
        self.state.is_settled = not partitions
        self.state.trouble = ""
        consumer.assign(partitions)
        # Nothing is fetched before it is decided where to begin.
        consumer.pause(partitions)

    def _revoked(self, consumer: Any, partitions: list[Any]) -> None:
        self._taken_away()
        consumer.unassign()

    def _taken_away(self) -> None:
        self._assignment, self._position, self._end, self._held, self._fresh = [], {}, {}, set(), {}
        self.state.taken_away()

    def _failed(self, error: Any) -> None:
        self._log.info("%s: %s", error.name(), error.str())
        self.state.trouble = plain_error(error, self.state.servers)
        if error.code() == kafka.KafkaError._ALL_BROKERS_DOWN:
            self.state.is_connected = False

    def _counted(self, statistics: str) -> None:
        # The only word librdkafka has for a connection that came back.
        brokers = json.loads(statistics).get("brokers", {}).values()
        if self.state.is_settled and any(broker.get("state") == "UP" for broker in brokers):
            self.state.is_connected, self.state.trouble = True, ""

    def _committed(self, error: Any, partitions: list[Any]) -> None:
        if error is not None:
            self._log.info("commit refused: %s", error)

    def _complained(self, message: Any) -> None:
        error = message.error()
        self._log.warning("%s: %s", message.topic(), error)
        self.state.complained(message.topic() or "", error)

    def _message(self, message: Any) -> Message:
        kind, stamp = message.timestamp()
        produced = None
        if kind != kafka.TIMESTAMP_NOT_AVAILABLE and stamp > 0:
            produced = from_datetime(datetime.fromtimestamp(stamp / 1000, UTC))
        key, value = message.key(), message.value() or b""
        return Message(self._cluster, message.topic(), message.partition(), message.offset(), key, value, produced)

    def _look(self) -> None:
        """Now and then see how far the logs have grown: by the watermarks that fetching brings along, no request."""
        if time.monotonic() - self._looked >= _LOOK_S:
            self._looked = time.monotonic()
            for place in self._position:
                try:
                    _, high = self._consumer.get_watermark_offsets(kafka.TopicPartition(*place), cached=True)
                except kafka.KafkaException:
                    continue
                self._end[place] = max(high, self._end.get(place, 0))
        self.state.measured(self._position, self._end)
