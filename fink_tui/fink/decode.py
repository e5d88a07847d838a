"""A message -> an arrival, or the reason why not. The one way in for live, replayed and retried messages."""

from __future__ import annotations

from fink_tui.alerts.alert import IdentityMissing
from fink_tui.alerts.arrival import Arrival, Message
from fink_tui.alerts.arrival import Undecodable as UndecodableMessage
from fink_tui.alerts.packet import alert_of_packet
from fink_tui.fink.avro import SchemaCache, Undecodable


def decode_message(schemas: SchemaCache, message: Message) -> Arrival | UndecodableMessage:
    """Understand one message; never raises."""
    try:
        return Arrival(message, alert_of_packet(schemas.decode(message.key, message.value)))
    except (Undecodable, IdentityMissing) as error:
        return UndecodableMessage(message, str(error))
    except Exception as error:
        # Whatever a packet holds, the stream goes on and the packet is kept.
        return UndecodableMessage(message, f"the packet can't be understood ({type(error).__name__}: {error})"[:300])
