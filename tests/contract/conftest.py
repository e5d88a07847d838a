"""A stand-in for Fink's REST APIs that serves the sky of seed 1, and one object of each survey to ask it about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rest_calls import Row, post

import fink_tui.demo


@pytest.fixture(scope="session")
def api() -> Iterator[fink_tui.demo.Api]:
    with fink_tui.demo.start_api(seed=1) as running:
        yield running


@pytest.fixture(scope="session")
def z(api: fink_tui.demo.Api) -> str:
    return api.ztf_url


@pytest.fixture(scope="session")
def s(api: fink_tui.demo.Api) -> str:
    return api.lsst_url


@pytest.fixture(scope="session")
def supernova(z: str) -> list[Row]:
    """The whole light curve of a ZTF object."""
    name = post(z, "latests", class_="Early SN Ia candidate").rows[0]["i:objectId"]
    return post(z, "objects", objectId=name).rows


@pytest.fixture(scope="session")
def source(s: str) -> Row:
    """A whole row of an LSST source."""
    return post(s, "tags", tag="most_likely_sn").rows[0]
