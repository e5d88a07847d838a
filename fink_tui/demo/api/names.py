"""The lists that the APIs publish: ZTF's classes, LSST's tags and blocks.

The names of classes, tags and blocks are Fink's; SIMBAD's are a part of the 315 that the real API has.
"""

from __future__ import annotations

from fink_tui.demo.api.errors import Reply, json_reply, plain_refusal

FINK_CLASSES = (
    "(CTA) Blazar high state",
    "(CTA) Blazar low state",
    "Ambiguous",
    "Early SN Ia candidate",
    "Kilonova candidate",
    "Microlensing candidate",
    "SLSN candidate",
    "SN candidate",
    "Solar System candidate",
    "Solar System MPC",
    "Tracklet",
)
_TNS = (
    "Afterglow|AGN|CV|FRB|Galaxy|ILRT|Impostor-SN|Kilonova|LBV|Light-Echo|LRN|M dwarf|Nova|Other|QSO|SLSN-I|SLSN-II|"
    "SN|SN I|SN I-faint|SN I-rapid|SN Ia|SN Ia-91bg-like|SN Ia-91T-like|SN Ia-CSM|SN Ia-pec|SN Iax[02cx-like]|SN Ib|"
    "SN Ib-pec|SN Ib/c|SN Ibn|SN Ic|SN Ic-BL|SN Ic-pec|SN II|SN II-pec|SN IIb|SN IIL|SN IIn|SN IIn-pec|SN IIP|TDE|"
    "Varstar"
)
_SIMBAD = (
    "AGB*|AGN|AGN_Candidate|AMHer|Be*|BLLac|Blazar|BlueStraggler|BYDra|C*|Candidate_EB*|Candidate_RRLyr|Cepheid|"
    "CataclyV*|ClG|DQHer|DwarfNova|EB*|EclBin|EllipVar|EmG|EmObj|Eruptive*|Fail|Galaxy|GinCl|GinGroup|GinPair|"
    "GlobCluster|HighPM*|HotSubdwarf|LINER|LongPeriodV*_Candidate|low-mass*|LowMassStar|LPV*|Mira|Nova|OrionV*|PM*|PulsV*|QSO|"
    "QSO_Candidate|Radio|RCrB|RGB*|RotV*|RRLyr|RRLyrae|RSCVn|S*|Seyfert|Seyfert_1|Seyfert_2|SN|SN*_Candidate|SNR|Star|"
    "Supernova|Symbiotic*|Transient|TTauri*|UV|V*|Variable*|WD*|WhiteDwarf|X|YSO|YSO_Candidate"
)
TNS_TYPES = tuple(_TNS.split("|"))
SIMBAD_TYPES = tuple(_SIMBAD.split("|"))
_SIMBAD_GROUP = "Cross-match with SIMBAD (see http://simbad.u-strasbg.fr/simbad/sim-display?data=otypes)"

_TAGS = {
    "extragalactic_lt20mag_candidate": ("Rising, bright (magnitude < 20), extragalactic candidates", True),
    "extragalactic_new_candidate": ("New (less than 5 days), magnitude < 24, potentially extragalactic", True),
    "extragalactic_svom": ("New (less than 5 days), magnitude < 24, potentially extragalactic, for SVOM", False),
    "faint_trails": ("Faint trails longer than 2 arcseconds", True),
    "fast_transient_gvom": ("New (less than 5 days), magnitude < 21, extragalactic and fast", False),
    "hostless_candidate": ("Hostless candidates according to ELEPHANT", True),
    "in_tns": ("Alerts with a known counterpart in TNS (AT or confirmed)", True),
    "mdwarf_flare": ("Flares of M dwarfs", True),
    "most_likely_sn": ("Likely supernovae according to SuperNNova and CATS", True),
    "remove_unlikely_transients": ("Alerts left when those of no interest to DESC are dropped", False),
    "sn_near_galaxy_candidate": ("Near a galaxy and like a supernova", True),
    "uniform_sample": ("Random sample of one alert in a hundred", False),
}
_BLOCKS = {
    "b_extragalactic_loose_candidate": "Select alerts that may be extragalactic, with loose cuts",
    "b_extragalactic_near_galaxy_candidate": "Select alerts that may be extragalactic and are near a galaxy",
    "b_good_quality": "Select alerts of good quality: no bad flag and a significant positive flux",
    "b_is_fading": "Select alerts of fading objects",
    "b_is_new": "Select alerts of objects first seen a few days ago",
    "b_is_rising": "Select alerts of rising objects",
    "b_is_solar_system": "Select alerts associated to a known solar system object",
    "b_mag_rate_mc_sampling": "Estimate the magnitude rate by sampling the errors",
    "b_outside_galactic_plane_20_deg": "Select alerts more than 20 degrees from the galactic plane",
    "b_outside_galactic_plane_5_deg": "Select alerts more than 5 degrees from the galactic plane",
    "b_xmatched_gaia_star": "Select alerts that match a star in Gaia DR3",
    "b_xmatched_mangrove": "Select alerts that match a galaxy in Mangrove",
    "b_xmatched_simbad_galaxy": "Select alerts that match a galaxy in SIMBAD",
    "b_xmatched_simbad_unknown": "Select alerts without a match in SIMBAD",
    "b_xmatched_vsx": "Select alerts that match a source in VSX",
    "b_xmatched_vsx_star": "Select alerts that match a variable star in VSX",
}


def classes() -> Reply:
    """GET /classes."""
    return json_reply(
        {
            "Fink classifiers": list(FINK_CLASSES),
            "Cross-match with TNS": [f"(TNS) {name}" for name in TNS_TYPES],
            _SIMBAD_GROUP: [f"(SIMBAD) {name}" for name in SIMBAD_TYPES],
        }
    )


def tags() -> Reply:
    """GET /tags, in the shape it has since 3.4.0."""
    return json_reply({tag: {"description": words, "API support": kept} for tag, (words, kept) in _TAGS.items()})


def blocks() -> Reply:
    """GET /blocks."""
    return json_reply(_BLOCKS)


def check_tag(tag: str) -> None:
    """Raise Refused for a tag that does not exist, or that only the livestream has."""
    where = "https://api.lsst.fink-portal.org/api/v1/tags"
    if tag not in _TAGS:
        lines = (
            f"{tag} is not a valid tag. Here is the list of tags:",
            str(list(_TAGS)),
            f"And you can always retrieve available tags at {where}",
        )
    elif not _TAGS[tag][1]:
        lines = (
            f"{tag} is only available from the Livestream service (no API support defined).",
            "",
            f"And you can always retrieve available tags and their API support at {where}",
        )
    else:
        return
    raise plain_refusal("\n" + "".join(f"        {line}\n" if line else "" for line in lines) + "        ")
