"""An LSST packet as Fink distributes it -> Alert.

Its structs are never missing: where nothing is known they are filled with nulls, so that only the fields tell.
"""

from __future__ import annotations

from typing import Any

from fink_tui.alerts.alert import DETECTION, FORCED, Alert, Detection, IdentityMissing
from fink_tui.alerts.labels import CATS_CLASSES, lsst_label
from fink_tui.alerts.photometry import mag_of_flux
from fink_tui.alerts.times import from_tai
from fink_tui.alerts.values import day, identity, integer, number, position, present, scored, struct, text


def lsst_alert(packet: dict[str, Any]) -> Alert:
    """The alert of a decoded packet. Raises IdentityMissing where source, object or time is missing."""
    source = struct(packet.get("diaSource"))
    source_id = identity(source.get("diaSourceId")) or identity(packet.get("diaSourceId"))
    own = lsst_detection(source, DETECTION)
    if source_id is None or own is None:
        raise IdentityMissing(f"LSST packet without {'diaSourceId' if source_id is None else 'midpointMjdTai'}")
    object_id, is_moving, aliases = _object_of(packet, source)
    matches = struct(packet.get("xm"))
    classifiers = struct(packet.get("clf"))
    found = lsst_label(
        is_moving=is_moving,
        tns_type=text(matches.get("tns_type")),
        simbad=text(matches.get("simbad_otype")),
        cats_class=number(classifiers.get("cats_class")),
    )
    tns_name = text(matches.get("tns_fullname"))
    ra, dec = position(source.get("ra"), source.get("dec"))
    return Alert(
        survey="lsst",
        source_id=source_id,
        object_id=object_id,
        detection=own,
        ra=ra,
        dec=dec,
        is_moving=is_moving,
        aliases=aliases if tns_name is None or is_moving else (*aliases, tns_name),
        first_mjd=None if is_moving else _first(packet),
        # What lay at this place before belongs to the place, not to an asteroid passing over it.
        history=() if is_moving else _history(packet),
        label=found[0] if found else None,
        label_origin=found[1] if found else None,
        processed=text(packet.get("brokerEndProcessTimestamp")) or "",
        details={
            "scores": _scores(classifiers),
            "matches": _matches(matches),
            "quality": _quality(source, packet),
            "moving": _moving(packet) if is_moving else {},
            "versions": present(
                schema=text(packet.get("lsst_schema_version")),
                broker=text(packet.get("fink_broker_version")),
                science=text(packet.get("fink_science_version")),
            ),
        },
    )


def _object_of(packet: dict[str, Any], source: dict[str, Any]) -> tuple[str, bool, tuple[str, ...]]:
    """Identity of the object, whether it moves, and its other names.

    A moving object has an ssObjectId and a designation; diaObjectId is then 0 or, for an alert that is both, the
    place it was seen at.
    """
    orbit, solar = struct(packet.get("mpc_orbits")), struct(packet.get("ssSource"))
    static_id = identity(source.get("diaObjectId")) or identity(struct(packet.get("diaObject")).get("diaObjectId"))
    moving_id = identity(source.get("ssObjectId")) or identity(solar.get("ssObjectId"))
    names = (
        text(orbit.get("unpacked_primary_provisional_designation")),
        text(orbit.get("designation")),
        text(solar.get("designation")),
        text(orbit.get("packed_primary_provisional_designation")),
        str(moving_id) if moving_id else None,
    )
    known = list(dict.fromkeys(name for name in names if name))
    if moving_id is not None:
        return known[0], True, (*known[1:], str(static_id)) if static_id else tuple(known[1:])
    if static_id is not None:
        return str(static_id), False, ()
    if known:
        return known[0], True, tuple(known[1:])
    raise IdentityMissing("LSST packet without diaObjectId, ssObjectId or designation")


def lsst_detection(source: dict[str, Any], kind: str) -> Detection | None:
    """One diaSource or diaForcedSource record as a detection or a forced point, or None where it has no time."""
    tai = day(source.get("midpointMjdTai"))
    if tai is None:
        return None
    flux, flux_err = number(source.get("psfFlux")), number(source.get("psfFluxErr"))
    mag, mag_err = mag_of_flux(flux, flux_err)
    apparent, apparent_err = mag_of_flux(number(source.get("scienceFlux")), number(source.get("scienceFluxErr")))
    ra, dec = position(source.get("ra"), source.get("dec"))
    is_negative = source.get("isNegative")
    if not isinstance(is_negative, bool):
        is_negative = None if flux is None else flux < 0.0
    return Detection(
        kind=kind,
        mjd=from_tai(tai),
        band=text(source.get("band")),
        source_id=identity(source.get("diaSourceId") if kind == DETECTION else source.get("diaForcedSourceId")),
        flux=flux,
        flux_err=flux_err,
        mag=mag,
        mag_err=mag_err,
        mag_apparent=apparent,
        mag_apparent_err=apparent_err,
        is_negative=is_negative,
        ra=ra,
        dec=dec,
        survey="lsst",
    )


def _history(packet: dict[str, Any]) -> tuple[Detection, ...]:
    points = [lsst_detection(r, DETECTION) for r in packet.get("prvDiaSources") or () if isinstance(r, dict)]
    points += [lsst_detection(r, FORCED) for r in packet.get("prvDiaForcedSources") or () if isinstance(r, dict)]
    return tuple(point for point in points if point is not None)


def _first(packet: dict[str, Any]) -> float | None:
    # firstDiaSourceMjdTai is left empty by the survey; Fink fills its own.
    named = day(struct(packet.get("misc")).get("firstDiaSourceMjdTaiFink"))
    if named is None:
        named = day(struct(packet.get("diaObject")).get("firstDiaSourceMjdTai"))
    return None if named is None or named <= 0 else from_tai(named)


def _scores(classifiers: dict[str, Any]) -> dict[str, Any]:
    cats_class = scored(classifiers.get("cats_class"))
    return present(
        snn_sn_vs_others=scored(classifiers.get("snnSnVsOthers_score")),
        cats_class=None if cats_class is None else CATS_CLASSES.get(int(cats_class), str(int(cats_class))),
        cats_score=scored(classifiers.get("cats_score")) if cats_class is not None else None,
        early_snia=scored(classifiers.get("earlySNIa_score")),
        elephant_science=scored(classifiers.get("elephant_kstest_science")),
        elephant_template=scored(classifiers.get("elephant_kstest_template")),
    )


def _matches(matches: dict[str, Any]) -> dict[str, Any]:
    return present(
        simbad=text(matches.get("simbad_otype")),
        tns_name=text(matches.get("tns_fullname")),
        tns_type=text(matches.get("tns_type")),
        tns_redshift=number(matches.get("tns_redshift")),
        gaia_name=text(matches.get("gaiadr3_DR3Name")),
        gaia_parallax_mas=number(matches.get("gaiadr3_Plx")),
        gaia_parallax_err_mas=number(matches.get("gaiadr3_e_Plx")),
        gaia_variable=integer(matches.get("gaiadr3_VarFlag")),
        legacy_zphot=number(matches.get("legacydr8_zphot")),
        legacy_zphot_err=number(matches.get("legacydr8_e_zphot")),
        legacy_pstar=number(matches.get("legacydr8_pstar")),
        vsx=text(matches.get("vsx_Type")),
        gcvs=text(matches.get("gcvs_type")),
        spicy_class=text(matches.get("spicy_class")),
        x3hsp=text(matches.get("x3hsp_type")),
        x4lac=text(matches.get("x4lac_type")),
        hyperleda=text(matches.get("mangrove_HyperLEDA_name")),
        twomass=text(matches.get("mangrove_2MASS_name")),
        mangrove_distance_mpc=number(matches.get("mangrove_lum_dist")),
    )


def _quality(source: dict[str, Any], packet: dict[str, Any]) -> dict[str, Any]:
    dipole = source.get("isDipole")
    return present(
        reliability=number(source.get("reliability")),
        snr=number(source.get("snr")),
        extendedness=number(source.get("extendedness")),
        template_flux_njy=number(source.get("templateFlux")),
        science_flux_njy=number(source.get("scienceFlux")),
        is_dipole=dipole if isinstance(dipole, bool) else None,
        n_dia_sources=integer(struct(packet.get("diaObject")).get("nDiaSources")),
        visit=integer(source.get("visit")),
        detector=integer(source.get("detector")),
        target_name=text(packet.get("target_name")),
        observation_reason=text(packet.get("observation_reason")),
    )


def _moving(packet: dict[str, Any]) -> dict[str, Any]:
    orbit, solar = struct(packet.get("mpc_orbits")), struct(packet.get("ssSource"))
    return present(
        designation=text(orbit.get("unpacked_primary_provisional_designation")),
        packed_designation=text(orbit.get("packed_primary_provisional_designation")),
        predicted_mag=number(solar.get("ephVmag")),
        offset_arcsec=number(solar.get("ephOffset")),
        rate_deg_per_day=number(solar.get("ephRate")),
        heliocentric_au=number(solar.get("helioRange")),
        topocentric_au=number(solar.get("topoRange")),
        phase_angle_deg=number(solar.get("phaseAngle")),
        absolute_mag_h=number(orbit.get("h")),
        semimajor_axis_au=number(orbit.get("a")),
        perihelion_au=number(orbit.get("q")),
        eccentricity=number(orbit.get("e")),
        inclination_deg=number(orbit.get("i")),
        node_deg=number(orbit.get("node")),
        argument_of_perihelion_deg=number(orbit.get("argperi")),
        mean_anomaly_deg=number(orbit.get("mean_anomaly")),
        epoch_mjd=number(orbit.get("epoch_mjd")),
    )
