"""The LSST API: its endpoints by path, and what a GET without arguments says of each."""

from __future__ import annotations

from functools import partial

from fink_tui.demo.api import cutouts, lsst_tables, moving, names, nights, resolver, schema, skymap
from fink_tui.demo.api.database import Database
from fink_tui.demo.api.server import Endpoint, Site

HOME = "https://api.lsst.fink-portal.org"


def site(database: Database, delay: float) -> Site:
    """The whole API over a database; /ssoft and /ssobulk are not part of the stand-in."""
    by_id = ("diaObjectId",)
    endpoints = {
        "sources": Endpoint("Get source data based on Rubin diaObjectId", lsst_tables.sources(database), by_id),
        "objects": Endpoint("Get object data based on Rubin diaObjectId", lsst_tables.objects(database), by_id),
        "fp": Endpoint("Get forced photometry based on Rubin diaObjectId", lsst_tables.forced(database), by_id),
        "conesearch": Endpoint(
            "Perform a conesearch in the Fink/LSST database", lsst_tables.by_place(database), ("ra", "dec", "radius")
        ),
        "tags": Endpoint("Get latest Rubin alerts by tags", lsst_tables.by_tag(database), ("tag",), names.tags),
        "blocks": Endpoint("Get the blocks that filters are made of", listing=names.blocks),
        "sso": Endpoint("Get Rubin Solar System object data", partial(moving.of_lsst, database), ("n_or_d",)),
        "cutouts": Endpoint("Get cutout data", partial(cutouts.of_lsst, database), ("diaSourceId", "kind")),
        "resolver": Endpoint(
            "Resolve astronomical names", partial(resolver.of_lsst, database), ("resolver", "name_or_id")
        ),
        "schema": Endpoint("Get the data schema of an endpoint", schema.of_lsst, ("endpoint",)),
        "statistics": Endpoint("Get statistics about the nights", partial(nights.of_lsst, database), ("date",)),
        "skymap": Endpoint("Get alerts in a sky map", partial(skymap.of_lsst, database), ("credible_level",)),
    }
    return Site(HOME, {f"/api/v1/{name}": endpoint for name, endpoint in endpoints.items()}, delay)
