"""What each of an alert's details is called, its unit and range, what it means, and where in the packet it is from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One detail. `ztf` and `lsst` are its places in the packets; `range` is set on scores, and its ends are reached.

    `error` and `separation` (arcsec) name the details that hold them. `about` is what the field means, after the
    surveys' schemas and Fink's own.
    """

    name: str
    group: str
    label: str
    ztf: str = ""
    lsst: str = ""
    unit: str = ""
    digits: int = 2
    range: tuple[float, float] | None = None
    about: str = ""
    error: str = ""
    separation: str = ""

    def path(self, survey: str) -> str:
        """Its place in a packet of the survey, or ""."""
        return self.ztf if survey == "ztf" else self.lsst


_UNIT_RANGE = (0.0, 1.0)
# Fink's modules for ZTF leave a zero where they have too little to go by.
_OR_NOT = "; 0 also where not computed"


def _score(name: str, label: str, about: str, *, ztf: str = "", lsst: str = "") -> Field:
    return Field(name, "how sure", label, ztf, lsst, range=_UNIT_RANGE, about=about)


# fmt: off
FIELDS: tuple[Field, ...] = (
    _score("drb", "real (drb)", "ZTF's deep learning: 0 bogus, 1 real", ztf="candidate.drb"),
    _score("rb", "real (rb)", "ZTF's random forest: 0 bogus, 1 real", ztf="candidate.rb"),
    _score("reliability", "reliability", "Rubin's real-bogus score: 0 bogus, 1 real", lsst="diaSource.reliability"),
    _score("snn_snia_vs_nonia", "SN Ia (SNN)", "SuperNNova: an SN Ia among supernovae" + _OR_NOT,
           ztf="snn_snia_vs_nonia"),
    _score("snn_sn_vs_all", "SN (SNN)", "SuperNNova: a supernova among everything" + _OR_NOT,
           ztf="snn_sn_vs_all"),
    _score("snn_sn_vs_others", "SN (SNN)", "SuperNNova: a supernova among everything",
           lsst="clf.snnSnVsOthers_score"),
    _score("rf_snia_vs_nonia", "early SN Ia (RF)", "random forest: a young SN Ia" + _OR_NOT, ztf="rf_snia_vs_nonia"),
    _score("early_snia", "early SN Ia", "a young SN Ia", lsst="clf.earlySNIa_score"),
    _score("rf_kn_vs_nonkn", "kilonova (RF)", "random forest: a kilonova" + _OR_NOT, ztf="rf_kn_vs_nonkn"),
    _score("mulens", "microlensing", "LIA: a microlensing event" + _OR_NOT, ztf="mulens"),
    _score("slsn_score", "SLSN", "a superluminous supernova", ztf="slsn_score"),
    _score("cats_score", "CATS", "how sure CATS is of its class", lsst="clf.cats_score"),
    Field("cats_class", "how sure", "CATS class", lsst="clf.cats_class", about="the class CATS finds likeliest"),
    _score("elephant_science", "hostless (science)", "ELEPHANT, science cutout: small means no host",
           lsst="clf.elephant_kstest_science"),
    _score("elephant_template", "hostless (template)", "ELEPHANT, template cutout: small means no host",
           lsst="clf.elephant_kstest_template"),
    Field("anomaly_score", "how sure", "anomaly", "anomaly_score", digits=3,
          about="isolation forest: the lower, the more unusual"),
    _score("classtar", "star-like", "SExtractor: 0 galaxy, 1 star", ztf="candidate.classtar"),
    _score("extendedness", "extended", "0 point, 1 extended", lsst="diaSource.extendedness"),
    Field("snr", "how sure", "signal to noise", lsst="diaSource.snr", digits=1),
    Field("is_dipole", "how sure", "dipole", lsst="diaSource.isDipole", about="a positive beside a negative lobe"),
    Field("nbad", "how sure", "bad pixels", "candidate.nbad", about="in a 5 x 5 box"),
    Field("fwhm_pix", "how sure", "FWHM", "candidate.fwhm", unit="pixels"),

    Field("limiting_mag", "how bright", "limit (5σ)", "candidate.diffmaglim", unit="mag",
          about="faintest a source could be in this difference image"),
    Field("science_flux_njy", "how bright", "science flux", lsst="diaSource.scienceFlux", unit="nJy", digits=0,
          about="forced on the science image: the whole source"),
    Field("template_flux_njy", "how bright", "template flux", lsst="diaSource.templateFlux", unit="nJy", digits=0,
          about="forced on the template"),

    Field("roid", "near what", "asteroid (roid)", "roid",
          about="0 none, 1 first appearance, 2 candidate, 3 known to the MPC"),
    Field("simbad", "near what", "SIMBAD", "cdsxmatch", "xm.simbad_otype", about="type of the match"),
    Field("tns_name", "near what", "TNS", lsst="xm.tns_fullname"),
    Field("tns_type", "near what", "TNS type", "tns", "xm.tns_type"),
    Field("tns_redshift", "near what", "TNS redshift", lsst="xm.tns_redshift", digits=4),
    Field("gaia_name", "near what", "Gaia DR3", "DR3Name", "xm.gaiadr3_DR3Name"),
    Field("gaia_parallax_mas", "near what", "parallax", "Plx", "xm.gaiadr3_Plx", "mas", 2,
          error="gaia_parallax_err_mas"),
    Field("gaia_parallax_err_mas", "near what", "parallax error", "e_Plx", "xm.gaiadr3_e_Plx", "mas"),
    Field("gaia_class", "near what", "Gaia class", "gaiaClass", about="Gaia DR3's class of its variables"),
    Field("gaia_variable", "near what", "Gaia variable", lsst="xm.gaiadr3_VarFlag", about="1: variable"),
    Field("vsx", "near what", "VSX", "vsx", "xm.vsx_Type"),
    Field("gcvs", "near what", "GCVS", "gcvs", "xm.gcvs_type"),
    Field("spicy_class", "near what", "SPICY", "spicy_class", "xm.spicy_class"),
    Field("x3hsp", "near what", "3HSP blazar", "x3hsp", "xm.x3hsp_type"),
    Field("x4lac", "near what", "4LAC AGN", "x4lac", "xm.x4lac_type"),
    Field("hyperleda", "near what", "HyperLEDA", "mangrove.HyperLEDA_name", "xm.mangrove_HyperLEDA_name",
          about="a galaxy of Mangrove"),
    Field("twomass", "near what", "2MASS", "mangrove.2MASS_name", "xm.mangrove_2MASS_name"),
    Field("mangrove_distance_mpc", "near what", "distance", "mangrove.lum_dist", "xm.mangrove_lum_dist", "Mpc", 1,
          about="luminosity distance of that galaxy"),
    Field("legacy_zphot", "near what", "Legacy DR8 photo-z", lsst="xm.legacydr8_zphot", digits=3,
          error="legacy_zphot_err"),
    Field("legacy_zphot_err", "near what", "its error", lsst="xm.legacydr8_e_zphot", digits=3),
    Field("legacy_pstar", "near what", "star-like", lsst="xm.legacydr8_pstar", range=_UNIT_RANGE,
          about="that Legacy source: 0 galaxy, 1 star"),
    Field("reference_mag", "near what", "reference source", "candidate.magnr", unit="mag",
          separation="reference_distance_arcsec",
          about="the nearest source in the reference image"),
    Field("reference_distance_arcsec", "near what", "its distance", "candidate.distnr", unit="″"),
    Field("panstarrs_r_mag", "near what", "Pan-STARRS1 r", "candidate.srmag1", unit="mag",
          separation="panstarrs_distance_arcsec",
          about="the nearest source of PS1 within 30″"),
    Field("panstarrs_distance_arcsec", "near what", "its distance", "candidate.distpsnr1", unit="″"),
    Field("star_galaxy_score", "near what", "star-like", "candidate.sgscore1", range=_UNIT_RANGE,
          about="that PS1 source: 0 galaxy, 1 star"),
    Field("gaia_mag", "near what", "Gaia DR1 G", "candidate.maggaia", unit="mag",
          separation="gaia_distance_arcsec",
          about="the nearest source of Gaia DR1 within 90″"),
    Field("gaia_distance_arcsec", "near what", "its distance", "candidate.neargaia", unit="″"),
    Field("gaia_bright_mag", "near what", "bright star G", "candidate.maggaiabright", unit="mag",
          separation="gaia_bright_distance_arcsec",
          about="the nearest source of Gaia DR1 brighter than 14 within 90″"),
    Field("gaia_bright_distance_arcsec", "near what", "its distance", "candidate.neargaiabright", unit="″"),

    Field("mag_per_day", "change", "Fink's rate", "mag_rate", unit="mag/day", error="mag_per_day_err",
          about="negative is brightening"),
    Field("mag_per_day_err", "change", "its error", "sigma_rate", unit="mag/day"),
    Field("interval_days", "change", "over", "delta_time", unit="days", digits=4),
    Field("from_upper_limit", "change", "from a limit", "from_upper", about="its earlier point is an upper limit"),
    Field("change_mag", "change", "Fink's change", "delta_mag", unit="mag"),

    Field("designation", "orbit", "designation", "candidate.ssnamenr",
          "mpc_orbits.unpacked_primary_provisional_designation"),
    Field("packed_designation", "orbit", "packed", lsst="mpc_orbits.packed_primary_provisional_designation"),
    Field("distance_arcsec", "orbit", "known asteroid at", "candidate.ssdistnr", unit="″"),
    Field("predicted_mag", "orbit", "predicted", "candidate.ssmagnr", "ssSource.ephVmag", "mag",
          about="V magnitude of the ephemeris"),
    Field("offset_arcsec", "orbit", "off the ephemeris", lsst="ssSource.ephOffset", unit="″"),
    Field("rate_deg_per_day", "orbit", "moves", lsst="ssSource.ephRate", unit="°/day", digits=4),
    Field("heliocentric_au", "orbit", "from the Sun", lsst="ssSource.helioRange", unit="au", digits=3),
    Field("topocentric_au", "orbit", "from here", lsst="ssSource.topoRange", unit="au", digits=3),
    Field("phase_angle_deg", "orbit", "phase angle", lsst="ssSource.phaseAngle", unit="°"),
    Field("absolute_mag_h", "orbit", "H", lsst="mpc_orbits.h", unit="mag"),
    Field("semimajor_axis_au", "orbit", "a", lsst="mpc_orbits.a", unit="au", digits=4),
    Field("perihelion_au", "orbit", "q", lsst="mpc_orbits.q", unit="au", digits=4),
    Field("eccentricity", "orbit", "e", lsst="mpc_orbits.e", digits=4),
    Field("inclination_deg", "orbit", "i", lsst="mpc_orbits.i", unit="°"),
    Field("node_deg", "orbit", "Ω", lsst="mpc_orbits.node", unit="°"),
    Field("argument_of_perihelion_deg", "orbit", "ω", lsst="mpc_orbits.argperi", unit="°"),
    Field("mean_anomaly_deg", "orbit", "M", lsst="mpc_orbits.mean_anomaly", unit="°"),
    Field("epoch_mjd", "orbit", "epoch", lsst="mpc_orbits.epoch_mjd", unit="MJD", digits=1),

    Field("ndethist", "history", "detections named", "candidate.ndethist", about="since ZTF began, within 1.5″"),
    Field("ncovhist", "history", "exposures", "candidate.ncovhist", about="that covered this place since ZTF began"),
    Field("n_dia_sources", "history", "detections named", lsst="diaObject.nDiaSources",
          about="of this diaObject so far"),
    Field("field", "made by", "field", "candidate.field"),
    Field("visit", "made by", "visit", lsst="diaSource.visit"),
    Field("detector", "made by", "detector", lsst="diaSource.detector"),
    Field("target_name", "made by", "target", lsst="target_name"),
    Field("observation_reason", "made by", "reason", lsst="observation_reason"),
    Field("schema", "made by", "schema", "schemavsn", "lsst_schema_version"),
    Field("broker", "made by", "fink-broker", "fink_broker_version", "fink_broker_version"),
    Field("science", "made by", "fink-science", "fink_science_version", "fink_science_version"),

    Field("observatory", "event", "observatory"),
    Field("instrument", "event", "instrument"),
    Field("event", "event", "event"),
    Field("trigger", "event", "trigger"),
    Field("trigger_time", "event", "time", unit="UTC"),
    Field("status", "event", "status"),
    Field("ra", "event", "RA", unit="°", digits=4),
    Field("dec", "event", "Dec", unit="°", digits=4),
    Field("error_arcmin", "event", "error radius", unit="′"),
    Field("association", "event", "association", digits=4, about="probability that the two belong together"),
)
# fmt: on
BY_NAME = {field.name: field for field in FIELDS}
