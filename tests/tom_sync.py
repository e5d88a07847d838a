"""A local database of a few followed targets, and syncs of it as the program makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event

from packets import SN, Sent, arrival, lsst, moving, ztf, ztf_point
from tom_servers import Tom

from fink_tui.alerts.arrival import Batch
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect
from fink_tui.store.decisions import decide
from fink_tui.store.outbox import tom_states
from fink_tui.store.targets import all_targets
from fink_tui.tom.account import TomAccount
from fink_tui.tom.client import TomClient
from fink_tui.tom.plan import Plan
from fink_tui.tom.planning import make_plan
from fink_tui.tom.sync import Fate, run

LSST_TOPIC = "fink_extragalactic_new_candidate_lsst"
MJD = 61121.25
# All that MPC_MINOR_PLANET needs, as mpc_orbits has it.
ORBIT = {"a": 2.5, "e": 0.125, "i": 5.0, "node": 80.0, "argperi": 73.0, "mean_anomaly": 10.0, "epoch_mjd": 61000.0}


def supernova(number: int) -> list[Sent]:
    """Two ZTF alerts of one object with a detection and an upper limit before them: four points."""
    name, at = f"ZTF26aaaaa{number:02d}", {"ra": 150.0 + number, "dec": -5.5}
    earlier = [ztf_point(MJD - 3, fid=2), ztf_point(MJD - 1, mag=19.0, candid=10_000 + number, fid=2, **at)]
    return [
        (SN, ztf(name, 20_000 + number, MJD, mag=18.5, fid=1, prv_candidates=earlier, snn_sn_vs_all=0.75, **at)),
        (SN, ztf(name, 30_000 + number, MJD + 1, mag=18.25, fid=1, snn_sn_vs_all=0.8, **at)),
    ]


def transient(number: int) -> list[Sent]:
    """One LSST alert of an object that TNS knows: one point."""
    where = {"ra": 60.0 + number, "dec": -47.0, "tns_fullname": f"SN 2026aa{number}"}
    return [(LSST_TOPIC, lsst(40_000 + number, 170_094_456_272_322_000 + number, MJD, **where))]


def asteroid(number: int) -> list[Sent]:
    """One LSST alert of a moving object with its orbit: one point."""
    return [(LSST_TOPIC, moving(50_000 + number, f"2026 AB{number}", MJD, **ORBIT))]


def night() -> list[Sent]:
    """Two supernovae, a transient and an asteroid."""
    return [*supernova(1), *supernova(2), *transient(1), *asteroid(1)]


class Notebook:
    """A database whose targets are followed, and what it would hand to a TOM."""

    def __init__(self, path: Path, sent: Iterable[Sent] = ()) -> None:
        self.path = path
        self._offset = 0
        if sent:
            self.receive(sent)

    def receive(self, sent: Iterable[Sent], follow: bool = True) -> None:
        """Store alerts, each on its topic."""
        arrivals = []
        for topic, packet in sent:
            self._offset += 1
            arrivals.append(arrival(packet, topic, self._offset))
        with closing(connect(self.path)) as conn:
            write_batch(conn, Batch(tuple(arrivals)))
            if follow:
                decide(conn, [target.id for target in all_targets(conn)], "follow")

    def states(self, tom: Tom) -> dict[str, str]:
        """Each target's state on the TOM, by its name."""
        with closing(connect(self.path)) as conn:
            known = tom_states(conn, tom.url)
            return {target.name: known.get(target.id, "not sent") for target in all_targets(conn)}


def account(tom: Tom, url: str = "", *, group: str = "Supernovae", who: str = "carol") -> TomAccount:
    """What the program is told of a TOM of the tests."""
    known = tom.account(who)
    return TomAccount("", url or tom.url, group, known.name, token=known.token, password=known.password)


class Session:
    """One login on a TOM: plans and runs."""

    def __init__(self, book: Notebook, login: TomAccount, timeout_s: float = 30.0) -> None:
        self.stop = Event()
        self._conn = connect(book.path, durable=True)
        self._client = TomClient(login, self.stop, timeout_s)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.__exit__(None, None, None)
        self._conn.close()

    def plan(self, names: Sequence[str] = (), *, photometry: bool = False, notes: bool = False) -> Plan:
        """The plan of the followed targets, or of those named."""
        targets = [t for t in all_targets(self._conn) if (t.name in names if names else t.status == "follow")]
        again = [target.id for target in targets] if names else ()
        return make_plan(self._client, self._conn, targets, photometry=photometry, notes=notes, again=again)

    def run(self, plan: Plan, tell: Callable[[Fate], None] = lambda fate: None) -> list[Fate]:
        """Carry it out."""
        return run(self._client, self._conn, plan, self.stop, tell)


def sync(book: Notebook, login: TomAccount, *, photometry: bool = False, timeout_s: float = 30.0) -> list[Fate]:
    """Plan and carry out."""
    with Session(book, login, timeout_s) as session:
        return session.run(session.plan(photometry=photometry))


def verdicts(plan: Plan) -> dict[str, str]:
    """What is to be done with each target."""
    return {row.target.name: row.verdict for row in plan.rows}


def outcome(fates: Iterable[Fate]) -> dict[str, str]:
    """What became of each target."""
    return {fate.row.target.name: fate.what for fate in fates}
