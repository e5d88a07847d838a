"""What the group has on its TOM before the night begins: some of the simulated sky, and other people's doings."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any

from fink_tui.demo.cast import population
from fink_tui.demo.sky import SN_IA, SN_II, YOUNG_STAR, Source
from fink_tui.demo.tom import tables
from fink_tui.demo.tom.access import User
from fink_tui.demo.tom.site import Account, Site
from fink_tui.demo.tom.targets import Targets

GROUP = "Transients"
OBSERVER = Account("observer", "clear skies", "c1ea25c1e500000000000000000000000000d3f0", (GROUP,))
COLLEAGUE = Account("colleague", "clear skies", "c011ea60e00000000000000000000000000d3f0a", (GROUP,))
_ARCSECOND = 1.0 / 3600.0


@dataclass(frozen=True, slots=True)
class _Writer:
    """Makes targets as the colleague."""

    targets: Targets
    group: int

    def add(self, name: str, ra: float, dec: float, shared: bool = True, **more: Any) -> None:
        body = {"name": name, "type": "SIDEREAL", "ra": ra, "dec": dec, "epoch": 2000.0, **more}
        self.targets.create({**body, "groups": [{"id": self.group}] if shared else []})


def fill(site: Site, seed: int) -> None:
    """Write the colleague's targets: an older entry, a name of another kind, a neighbour, and a hidden one."""
    with closing(tables.connect(site)) as db:
        colleague = db.execute("SELECT id FROM auth_user WHERE username=?", (COLLEAGUE.name,)).fetchone()["id"]
        group = db.execute("SELECT id FROM auth_group WHERE name=?", (GROUP,)).fetchone()["id"]
        _write(_Writer(Targets(site, db, User(colleague, COLLEAGUE.name, False)), group), population(seed))


def _write(writer: _Writer, sources: list[Source]) -> None:
    by_tns, entered, neighbour = _of_kind(sources, SN_IA)[0], _of_kind(sources, SN_IA)[1], _of_kind(sources, SN_II)[0]
    writer.add(by_tns.tns, by_tns.ra, by_tns.dec, aliases=[{"name": by_tns.name}])
    writer.add(entered.name, entered.ra, entered.dec, targetextra_set=[{"key": "fink_class", "value": "Unknown"}])
    writer.add(neighbour.tns, neighbour.ra, neighbour.dec + 0.6 * _ARCSECOND)
    hidden = _of_kind(sources, YOUNG_STAR)[0]
    writer.add(hidden.name, hidden.ra, hidden.dec, shared=False)
    for name, ra, dec in (("SN 2023ixf", 210.9106, 54.3117), ("AT 2018cow", 244.0009, 22.2680)):
        writer.add(name, ra, dec, target_lists=[{"name": "Nearby"}])


def _of_kind(sources: list[Source], kind: str) -> list[Source]:
    return [source for source in sources if source.kind == kind]
