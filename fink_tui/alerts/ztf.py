"""A ZTF packet as Fink distributes it -> Alert."""

from __future__ import annotations

from typing import Any

from fink_tui.alerts.alert import DETECTION, UPPER_LIMIT, Alert, Detection, IdentityMissing
from fink_tui.alerts.labels import ZtfScores, ztf_label
from fink_tui.alerts.photometry import apparent_of_ztf, flux_of_mag
from fink_tui.alerts.times import from_jd
from fink_tui.alerts.values import day, identity, integer, measured, number, position, present, scored, struct, text

BANDS = {1: "g", 2: "r", 3: "i"}
_MPC_MATCH = 3


def ztf_alert(packet: dict[str, Any]) -> Alert:
    """The alert of a decoded packet. Raises IdentityMissing where candid, object or time is missing."""
    candidate = struct(packet.get("candidate"))
    source_id = identity(packet.get("candid")) or identity(candidate.get("candid"))
    object_id = text(packet.get("objectId"))
    own = ztf_detection(candidate)
    if source_id is None or object_id is None or own is None or own.kind != DETECTION:
        missing = "candid" if source_id is None else "objectId" if object_id is None else "candidate.jd and magpsf"
        raise IdentityMissing(f"ZTF packet without {missing}")
    ra, dec = position(candidate.get("ra"), candidate.get("dec"))
    designation = text(candidate.get("ssnamenr"))
    is_moving = integer(packet.get("roid")) == _MPC_MATCH and designation is not None
    first_jd = day(candidate.get("jdstarthist"))
    tns = text(packet.get("tns"))
    label, origin = ztf_label(_scores(packet, candidate))
    return Alert(
        survey="ztf",
        source_id=source_id,
        object_id=designation if is_moving and designation else object_id,
        detection=own,
        ra=ra,
        dec=dec,
        is_moving=is_moving,
        aliases=(object_id,) if is_moving else (),
        # What lay at this place before belongs to the place, not to an asteroid passing over it.
        first_mjd=None if is_moving or first_jd is None else from_jd(first_jd),
        history=() if is_moving else _history(packet.get("prv_candidates")),
        label=label,
        label_origin=origin,
        processed=text(packet.get("brokerEndProcessTimestamp")) or "",
        details={
            "scores": _score_details(packet),
            "matches": _matches(packet, tns),
            "quality": _quality(candidate),
            "rates": _rates(packet),
            "moving": _moving(packet, candidate, designation),
            "versions": present(
                schema=text(packet.get("schemavsn")),
                broker=text(packet.get("fink_broker_version")),
                science=text(packet.get("fink_science_version")),
            ),
        },
    )


def ztf_detection(candidate: dict[str, Any]) -> Detection | None:
    """One `candidate` or `prv_candidates` record as a detection or an upper limit, or None where it holds neither."""
    jd = day(candidate.get("jd"))
    if jd is None:
        return None
    band = BANDS.get(integer(candidate.get("fid")) or 0)
    mag = measured(candidate.get("magpsf"))
    if mag is None:
        limit = measured(candidate.get("diffmaglim"))
        return None if limit is None else Detection(UPPER_LIMIT, from_jd(jd), band, upper_limit=limit, survey="ztf")
    mag_err = measured(candidate.get("sigmapsf"))
    # isdiffpos is 't' or '1' for a positive difference, 'f' or '0' for a negative one (ZTF alert schema).
    sign = text(candidate.get("isdiffpos"))
    negative = sign in ("f", "0", "False", "false")
    flux, flux_err = flux_of_mag(mag, mag_err, negative=negative)
    apparent, apparent_err = apparent_of_ztf(
        mag, mag_err, measured(candidate.get("magnr")), measured(candidate.get("sigmagnr")), negative=negative
    )
    ra, dec = position(candidate.get("ra"), candidate.get("dec"))
    return Detection(
        kind=DETECTION,
        mjd=from_jd(jd),
        band=band,
        source_id=identity(candidate.get("candid")),
        flux=flux,
        flux_err=flux_err,
        mag=mag,
        mag_err=mag_err,
        mag_apparent=apparent,
        mag_apparent_err=apparent_err,
        is_negative=None if sign is None else negative,
        ra=ra,
        dec=dec,
        survey="ztf",
    )


def _history(records: Any) -> tuple[Detection, ...]:
    found = (ztf_detection(record) for record in records or () if isinstance(record, dict))
    return tuple(point for point in found if point is not None)


def _scores(packet: dict[str, Any], candidate: dict[str, Any]) -> ZtfScores:
    jd, first_jd = day(candidate.get("jd")), day(candidate.get("jdstarthist"))
    return ZtfScores(
        simbad=text(packet.get("cdsxmatch")),
        tns=text(packet.get("tns")),
        roid=number(packet.get("roid")),
        mulens=number(packet.get("mulens")),
        snn_snia=number(packet.get("snn_snia_vs_nonia")),
        snn_sn=number(packet.get("snn_sn_vs_all")),
        rf_snia=number(packet.get("rf_snia_vs_nonia")),
        rf_kn=number(packet.get("rf_kn_vs_nonkn")),
        ndethist=measured(candidate.get("ndethist")),
        drb=measured(candidate.get("drb")),
        classtar=measured(candidate.get("classtar")),
        age=jd - first_jd if jd is not None and first_jd is not None else None,
        tracklet=text(packet.get("tracklet")),
    )


_PLAIN_SCORES = ("rf_snia_vs_nonia", "snn_snia_vs_nonia", "snn_sn_vs_all", "rf_kn_vs_nonkn", "mulens", "anomaly_score")


def _score_details(packet: dict[str, Any]) -> dict[str, Any]:
    found = {name: number(packet.get(name)) for name in _PLAIN_SCORES}
    return present(**found, slsn_score=scored(packet.get("slsn_score")))


def _matches(packet: dict[str, Any], tns: str | None) -> dict[str, Any]:
    mangrove = struct(packet.get("mangrove"))
    return present(
        simbad=text(packet.get("cdsxmatch")),
        tns_type=tns,
        gaia_name=text(packet.get("DR3Name")),
        gaia_parallax_mas=number(packet.get("Plx")),
        gaia_parallax_err_mas=number(packet.get("e_Plx")),
        gaia_class=text(packet.get("gaiaClass")),
        vsx=text(packet.get("vsx")),
        gcvs=text(packet.get("gcvs")),
        spicy_class=text(packet.get("spicy_class")),
        x3hsp=text(packet.get("x3hsp")),
        x4lac=text(packet.get("x4lac")),
        hyperleda=text(mangrove.get("HyperLEDA_name")),
        twomass=text(mangrove.get("2MASS_name")),
        mangrove_distance_mpc=number(mangrove.get("lum_dist")),
    )


def _quality(candidate: dict[str, Any]) -> dict[str, Any]:
    return present(
        drb=measured(candidate.get("drb")),
        rb=measured(candidate.get("rb")),
        classtar=measured(candidate.get("classtar")),
        ndethist=integer(candidate.get("ndethist")),
        ncovhist=integer(candidate.get("ncovhist")),
        limiting_mag=measured(candidate.get("diffmaglim")),
        reference_mag=measured(candidate.get("magnr")),
        reference_distance_arcsec=measured(candidate.get("distnr")),
        star_galaxy_score=measured(candidate.get("sgscore1")),
        panstarrs_distance_arcsec=measured(candidate.get("distpsnr1")),
        panstarrs_r_mag=measured(candidate.get("srmag1")),
        gaia_distance_arcsec=measured(candidate.get("neargaia")),
        gaia_mag=measured(candidate.get("maggaia")),
        gaia_bright_distance_arcsec=measured(candidate.get("neargaiabright")),
        gaia_bright_mag=measured(candidate.get("maggaiabright")),
        fwhm_pix=measured(candidate.get("fwhm")),
        field=integer(candidate.get("field")),
        nbad=integer(candidate.get("nbad")),
    )


def _rates(packet: dict[str, Any]) -> dict[str, Any]:
    from_upper = packet.get("from_upper")
    return present(
        mag_per_day=number(packet.get("mag_rate")),
        mag_per_day_err=number(packet.get("sigma_rate")),
        interval_days=number(packet.get("delta_time")),
        from_upper_limit=from_upper if isinstance(from_upper, bool) else None,
    )


def _moving(packet: dict[str, Any], candidate: dict[str, Any], designation: str | None) -> dict[str, Any]:
    if designation is None:
        return present(roid=integer(packet.get("roid")))
    return present(
        designation=designation,
        roid=integer(packet.get("roid")),
        distance_arcsec=measured(candidate.get("ssdistnr")),
        predicted_mag=measured(candidate.get("ssmagnr")),
    )
