"""The columns of Fink's REST API that the decoders read: asking for these alone makes answers several times smaller.

A server that is asked for columns leaves out those it works out itself (`v:`), and skips names it does not know.
"""

from __future__ import annotations


def _of(family: str, names: str) -> tuple[str, ...]:
    return tuple(f"{family}:{name}" for name in names.split())


ZTF_COLUMNS = (
    *_of(
        "i",
        "objectId candid jd fid ra dec magpsf sigmapsf isdiffpos diffmaglim magnr sigmagnr jdstarthist ndethist"
        " ncovhist ssnamenr ssdistnr ssmagnr drb rb classtar distnr sgscore1 distpsnr1 srmag1 neargaia"
        " maggaia neargaiabright maggaiabright fwhm field nbad schemavsn",
    ),
    *_of(
        "d",
        "cdsxmatch tns roid mulens rf_snia_vs_nonia snn_snia_vs_nonia snn_sn_vs_all rf_kn_vs_nonkn anomaly_score"
        " slsn_score tracklet DR3Name Plx e_Plx gaiaClass vsx gcvs spicy_class x3hsp x4lac mangrove_HyperLEDA_name"
        " mangrove_2MASS_name mangrove_lum_dist mag_rate sigma_rate delta_time from_upper tag",
    ),
)

LSST_COLUMNS = (
    *_of(
        "r",
        "diaObjectId diaSourceId ssObjectId midpointMjdTai ra dec band psfFlux psfFluxErr scienceFlux scienceFluxErr"
        " templateFlux isNegative isDipole reliability snr extendedness visit detector target_name nDiaSources"
        " unpacked_primary_provisional_designation packed_primary_provisional_designation designation ephVmag ephOffset"
        " ephRate helioRange topoRange phaseAngle",
    ),
    *_of(
        "f",
        "firstDiaSourceMjdTaiFink is_sso sso_name main_label_classifier main_label_crossmatch xm_simbad_otype"
        " xm_tns_fullname xm_tns_type xm_tns_redshift xm_gaiadr3_DR3Name xm_gaiadr3_Plx xm_gaiadr3_e_Plx"
        " xm_gaiadr3_VarFlag xm_legacydr8_zphot xm_legacydr8_e_zphot xm_legacydr8_pstar xm_vsx_Type xm_gcvs_type"
        " xm_spicy_class xm_x3hsp_type xm_x4lac_type xm_mangrove_HyperLEDA_name xm_mangrove_2MASS_name"
        " xm_mangrove_lum_dist clf_snnSnVsOthers_score clf_cats_class clf_cats_score clf_earlySNIa_score"
        " clf_elephant_kstest_science clf_elephant_kstest_template lsst_schema_version fink_broker_version"
        " fink_science_version",
    ),
)
