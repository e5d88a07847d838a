"""The class an alert is shown with, and where it was taken from.

The live streams carry none. For ZTF: the type TNS confirmed, else the rule Fink publishes (fink-filters
ztf/classification.py and the filters it names). For LSST: the Solar System, else the type TNS confirmed, else SIMBAD's
type, else the class of CATS, and where none of them speaks the tag that the topic stands for. A class never depends on
the way an alert took, unless the topic is all that is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

UNKNOWN = "Unknown"

# SIMBAD types that do not speak against a supernova: possible hosts and transients (fink-utils xmatch/simbad.py).
# fmt: off
_SUPERNOVA_SIMBAD = frozenset({
    "galaxy", "Galaxy", "EmG", "Seyfert", "Seyfert_1", "Seyfert_2", "BlueCompG", "StarburstG", "LSB_G", "HII_G",
    "High_z_G", "GinPair", "GinGroup", "BClG", "GinCl", "PartofG", "Compact_Gr_G", "IG", "PairG", "GroupG", "ClG",
    "SuperClG", "Void", "Candidate_SN*", "SN*_Candidate", "SN", "Transient",
})
# fmt: on

CATS_CLASSES = {11: "SN-like", 12: "Fast", 13: "Long", 21: "Periodic", 22: "Non-periodic"}


@dataclass(frozen=True, slots=True)
class ZtfScores:
    """What the published ZTF rule looks at; None where the packet is silent. `age` is jd - jdstarthist in days."""

    simbad: str | None = None
    tns: str | None = None
    roid: float | None = None
    mulens: float | None = None
    snn_snia: float | None = None
    snn_sn: float | None = None
    rf_snia: float | None = None
    rf_kn: float | None = None
    ndethist: float | None = None
    drb: float | None = None
    classtar: float | None = None
    age: float | None = None
    tracklet: str | None = None


def _over(value: float | None, threshold: float) -> bool:
    return value is not None and value > threshold


def _under(value: float | None, threshold: float) -> bool:
    return value is not None and value < threshold


def _flags(s: ZtfScores) -> dict[str, bool]:
    clean = _over(s.drb, 0.5) and _over(s.classtar, 0.4) and (s.simbad is None or s.simbad in _SUPERNOVA_SIMBAD)
    supernova = clean and (_over(s.snn_snia, 0.5) or _over(s.snn_sn, 0.5))
    known = s.roid == 3
    young = s.age is not None and s.age <= 90
    return {
        "Microlensing candidate": _over(s.mulens, 0.0),
        "SN candidate": supernova and young and _over(s.ndethist, 1) and not known,
        "Early SN Ia candidate": supernova and _over(s.rf_snia, 0.5) and _under(s.ndethist, 21),
        "Kilonova candidate": clean
        and _over(s.rf_kn, 0.5)
        and _under(s.age, 5)
        and _under(s.ndethist, 20)
        and not known,
        "Solar System candidate": s.roid == 2,
        "Tracklet": s.tracklet is not None,
        "Solar System MPC": known,
    }


def ztf_label(s: ZtfScores) -> tuple[str, str]:
    """The class of a ZTF alert and its origin: "TNS", "SIMBAD" or "Fink"."""
    if s.tns is not None:
        return s.tns, "TNS"
    # A static galaxy says where the alert is, not what it is (fink-filters ztf/filter_simbad_candidates).
    if s.simbad is not None and s.simbad != "Transient" and not s.simbad.startswith("Galaxy"):
        return s.simbad, "SIMBAD"
    flags = _flags(s)
    rivals = ("Microlensing candidate", "SN candidate", "Solar System candidate", "Solar System MPC")
    if sum(flags[name] for name in rivals) > 1:
        return "Ambiguous", "Fink"
    raised = [name for name, up in flags.items() if up]
    return (raised[-1] if raised else UNKNOWN), "Fink"


def lsst_label(
    *, is_moving: bool, tns_type: str | None, simbad: str | None, cats_class: float | None
) -> tuple[str, str] | None:
    """The class of an LSST alert and its origin, or None where only its topics could tell."""
    if is_moving:
        return "Solar System", "Rubin"
    if tns_type is not None:
        return tns_type, "TNS"
    if simbad is not None:
        return simbad, "SIMBAD"
    name = CATS_CLASSES.get(int(cats_class)) if cats_class is not None else None
    return (name, "CATS") if name else None


def tag_of_topic(topic: str) -> str | None:
    """The tag an LSST topic stands for: fink_<tag>_lsst."""
    if topic.startswith("fink_") and topic.endswith("_lsst"):
        return topic[len("fink_") : -len("_lsst")] or None
    return None


def label_of_topics(topics: Iterable[str]) -> tuple[str, str]:
    """The class that remains when nothing but the topics speaks: the first tag in the alphabet, or "Unknown"."""
    tags = sorted(tag for tag in map(tag_of_topic, topics) if tag)
    return (tags[0].replace("_", " "), "tag") if tags else (UNKNOWN, "Fink")
