"""What Fink calls a ZTF alert, worked out from its row as fink-filters' classification does."""

from __future__ import annotations

from fink_tui.demo.api.rows import Cells

UNKNOWN = "Unknown"
_NO_MATCH = ("", UNKNOWN, "Transient", "nan", "None")


def classification(row: Cells) -> str:
    """`v:classification`: a SIMBAD match wins, one flag is that class, several are ambiguous."""
    match = str(row.get("d:cdsxmatch", UNKNOWN))
    if match not in _NO_MATCH and not match.startswith("Fail"):
        return match
    if row.get("d:tracklet"):
        return "Tracklet"
    moving = {2: "Solar System candidate", 3: "Solar System MPC"}.get(row.get("d:roid", 0))
    flags = [
        name
        for name in ("Microlensing candidate" if _above(row, "d:mulens") else None, _supernova(row), moving)
        if name is not None
    ]
    if len(flags) > 1:
        return "Ambiguous"
    if not flags and _is_kilonova(row):
        return "Kilonova candidate"
    return flags[0] if flags else UNKNOWN


def labels(row: Cells) -> frozenset[str]:
    """Every class under which the API's tables by class have the alert."""
    found = {classification(row)}
    if row.get("d:tns"):
        found.add(f"(TNS) {row['d:tns']}")
    if _above(row, "d:slsn_score"):
        found.add("SLSN candidate")
    state = row.get("d:blazar_stats_m1", -1.0)
    if state >= 0.0:
        found.add("(CTA) Blazar low state" if state < 1.0 else "(CTA) Blazar high state")
    return frozenset(found)


def _above(row: Cells, name: str) -> bool:
    return bool(row.get(name, 0.0) > 0.5)


def _age(row: Cells) -> float:
    return float(row["i:jd"] - row["i:jdstarthist"])


def _supernova(row: Cells) -> str | None:
    # Either score is enough, as in Fink's own data: all alerts of 2026-03-22 with its class SN candidate are of this.
    scores = [_above(row, name) for name in ("d:snn_snia_vs_nonia", "d:snn_sn_vs_all", "d:rf_snia_vs_nonia")]
    if not any(scores[:2]) or row.get("d:roid") == 3 or _age(row) > 90.0 or row["i:ndethist"] < 2:
        return None
    is_good = _above(row, "i:drb") and row.get("i:classtar", 0.0) > 0.4
    return "Early SN Ia candidate" if all(scores) and row["i:ndethist"] <= 20 and is_good else "SN candidate"


def _is_kilonova(row: Cells) -> bool:
    return _above(row, "d:rf_kn_vs_nonkn") and _age(row) < 5.0 and bool(row["i:ndethist"] < 20)
