"""The ZTF API: its endpoints by path, and what a GET without arguments says of each."""

from __future__ import annotations

from functools import partial

from fink_tui.demo.api import cutouts, moving, names, nights, resolver, schema, skymap, ztf_tables
from fink_tui.demo.api.database import Database
from fink_tui.demo.api.server import Endpoint, Site

HOME = "https://api.ztf.fink-portal.org"


def site(database: Database, delay: float) -> Site:
    """The whole API over a database; /ssocand, /ssoft, /ssobulk and /metadata are not part of the stand-in."""
    endpoints = {
        "objects": Endpoint("Get object data based on ZTF ID", ztf_tables.by_object(database), ("objectId",)),
        "conesearch": Endpoint(
            "Perform a conesearch in the Fink database", ztf_tables.by_place(database), ("ra", "dec", "radius")
        ),
        "latests": Endpoint("Get latest alerts by class", ztf_tables.by_class(database), ("class",)),
        "classes": Endpoint("Get Fink derived class names, and their origin", listing=names.classes),
        "sso": Endpoint("Get Solar System object data", partial(moving.of_ztf, database), ("n_or_d",)),
        "tracklet": Endpoint("Get tracklet data", ztf_tables.tracklets(database)),
        "resolver": Endpoint("Resolve astronomical names", partial(resolver.of_ztf, database), ("resolver", "name")),
        "cutouts": Endpoint("Get cutout data", partial(cutouts.of_ztf, database), ("objectId", "kind")),
        "schema": Endpoint("Get the data schema", listing=schema.of_ztf),
        "statistics": Endpoint("Get statistics about the nights", partial(nights.of_ztf, database), ("date",)),
        "anomaly": Endpoint("Get alerts with a low anomaly score", ztf_tables.anomalies(database)),
        "skymap": Endpoint("Get alerts in a sky map", partial(skymap.of_ztf, database)),
    }
    return Site(HOME, {f"/api/v1/{name}": endpoint for name, endpoint in endpoints.items()}, delay)
