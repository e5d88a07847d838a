"""Finding targets on a TOM: by their names, many at once, and by their place."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from fink_tui.sky.coordinates import separation_arcsec
from fink_tui.tom.errors import Refused
from fink_tui.tom.remote import RemoteTarget, read_target

if TYPE_CHECKING:
    from fink_tui.tom.client import Query, TomClient

NEAR_ARCSEC = 1.5
_NAMES_AT_ONCE = 50
# A server's request line ends at some 4,000 characters, a proxy's maybe earlier.
_LONGEST_QUERY = 1500
_PAGE = 200


def by_names(
    client: TomClient, names: Iterable[str], tell: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, list[RemoteTarget]]:
    """The targets that have each of these names exactly, as name or alias. `tell` hears names asked and all names.

    The TOM's filter gives every target with one of the words anywhere in a name, and takes a comma for another word;
    the exact ones are picked here.
    """
    wanted = dict.fromkeys(names)
    found: dict[str, dict[int, RemoteTarget]] = {name: {} for name in wanted}
    done = 0
    for batch in _batches(wanted):
        # An empty word would be in every name.
        words = [word.strip() for name in batch for word in name.split(",") if word.strip()]
        for record in client.pages("targets/", {"name": ",".join(words), "limit": _PAGE}) if words else ():
            target = read_target(record)
            for name in target.names:
                if name in found:
                    found[name][target.id] = target
        done += len(batch)
        tell(done, len(wanted))
    return {name: list(targets.values()) for name, targets in found.items()}


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    length = 0
    for name in names:
        own = len(quote(name)) + 3
        if batch and (len(batch) == _NAMES_AT_ONCE or length + own > _LONGEST_QUERY):
            yield batch
            batch, length = [], 0
        batch.append(name)
        length += own
    if batch:
        yield batch


def by_id(client: TomClient, tom_id: int) -> RemoteTarget | None:
    """The target of this id, or None where it is gone or hidden from this account."""
    try:
        return read_target(client.read(f"targets/{tom_id}/"))
    except Refused as refused:
        if refused.status == 404:
            return None
        raise


def near(client: TomClient, ra: float, dec: float, radius: float = NEAR_ARCSEC) -> list[tuple[float, RemoteTarget]]:
    """Targets within `radius` arcseconds of a position in degrees, with their distances, the nearest first.

    The TOM's own cone search misses some at the very position, those with another right ascension far from the
    equator, and all beyond the turn of right ascension: so it is asked for more, beside the place, and cut here.
    """
    degrees = radius / 3600.0
    wide = max(2 * degrees, degrees / math.cos(math.radians(min(89.9, abs(dec)))))
    beside = dec - degrees / 2 if dec >= 89.0 else dec + degrees / 2
    turns = [ra] + ([ra - 360.0] if ra > 359.0 else []) + ([ra + 360.0] if ra < 1.0 else [])
    found: dict[int, tuple[float, RemoteTarget]] = {}
    for turned in turns:
        query: Query = {"cone_search": f"{turned:.7f},{beside:.7f},{wide:.7f}", "limit": _PAGE}
        for record in client.pages("targets/", query):
            target = read_target(record)
            if target.position is not None:
                distance = separation_arcsec(ra, dec, *target.position)
                if distance <= radius:
                    found[target.id] = (distance, target)
    return sorted(found.values(), key=lambda pair: pair[0])
