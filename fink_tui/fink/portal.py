"""The pages of Fink's portals."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from fink_tui.fink.queries.values import survey_of_id

SURVEYS = ("ztf", "lsst")


def portal_page(surveys: Sequence[str], objects: Sequence[str], aliases: Sequence[str] = ()) -> str | None:
    """The portal's page of a target by its objects, those of surveys first; None where Fink has none of them."""
    known = [(survey, name) for name in objects if (survey := survey_of_id(name))]
    known += [(survey, name) for survey in surveys if survey in SURVEYS for name in objects]
    return portal_url(*known[0], aliases) if known else None


def portal_url(survey: str, object_id: str, aliases: Sequence[str] = ()) -> str:
    """The portal's page of an object. A moving object's page has another of its names, looked for in `aliases`.

    Sources: ztf.fink-portal.org/<objectId>; lsst.fink-portal.org/<diaObjectId or packed designation>.
    """
    name = object_id
    if survey == "ztf" and not object_id.startswith("ZTF"):
        name = next((alias for alias in aliases if alias.startswith("ZTF")), object_id)
    elif survey == "lsst" and not object_id.isdigit():
        name = next((alias for alias in aliases if len(alias) == 7 and alias[0].isalpha()), object_id)
    return f"https://{survey}.fink-portal.org/{quote(name, safe='')}"
