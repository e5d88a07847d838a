"""Every query that Fink's two APIs answer, declared once each."""

from __future__ import annotations

from fink_tui.fink.queries.declare import Query
from fink_tui.fink.queries.facts import BLOCKS, CLASSES, SCHEMA, STATISTICS, TAGS
from fink_tui.fink.queries.lists import ANOMALY, CLASS, SKYMAP, TAG, TRACKLET
from fink_tui.fink.queries.objects import CONE, OBJECT, RESOLVE, SSO

QUERIES: dict[str, Query] = {
    query.name: query
    for query in (
        OBJECT, CONE, CLASS, TAG, SSO, RESOLVE, ANOMALY, TRACKLET, SKYMAP, STATISTICS, SCHEMA, CLASSES, TAGS, BLOCKS,
    )
}  # fmt: skip
