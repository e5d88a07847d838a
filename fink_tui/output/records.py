"""Targets and alerts as the records scripts see. JSON ids are text, times ISO 8601 UTC, angles degrees, fluxes nJy."""

from __future__ import annotations

from typing import Any

from fink_tui.alerts.alert import Detection
from fink_tui.alerts.labels import label_of_topics
from fink_tui.alerts.times import to_iso
from fink_tui.output.facts import Fact, groups_of
from fink_tui.output.news import news_line
from fink_tui.store.looks import news_of
from fink_tui.store.outbox import Link
from fink_tui.store.targets import StoredAlert, Target, TargetView


def target_record(target: Target, tom: str | None = None) -> dict[str, Any]:
    """One target of the list; `tom` is its state on the TOM, None where none is configured."""
    return {
        "name": target.name,
        "surveys": list(target.surveys),
        "objects": list(target.objects),
        "ra": target.ra,
        "dec": target.dec,
        "status": target.status,
        "class": target.label,
        "class_origin": target.label_origin,
        "is_moving": target.is_moving,
        "n_alerts": target.n_alerts,
        "n_detections": target.n_detections,
        "n_upper_limits": target.n_upper_limits,
        "n_forced": target.n_forced,
        "first_seen": to_iso(target.first_mjd),
        "last_seen": to_iso(target.last_mjd),
        "age_days": target.age_days,
        "last_mag": target.last_mag,
        "last_mag_err": target.last_mag_err,
        "last_band": target.last_band,
        "last_flux_njy": target.last_flux,
        "last_flux_err_njy": target.last_flux_err,
        "last_is_negative": target.last_negative,
        "last_mag_apparent": target.last_apparent,
        "change_mag": target.change,
        "rate_mag_per_day": target.rate,
        "priority": target.priority,
        "snoozed_until": to_iso(target.snoozed_until),
        "back": target.back,
        "news": (news_line(news) or None) if (news := news_of(target)) else None,
        "note": target.note or None,
        "topics": list(target.topics),
        "tags": list(target.tags),
        "tom": tom,
    }


def view_record(view: TargetView) -> dict[str, Any]:
    """One target with everything stored of it."""
    return target_record(view.target) | {
        "aliases": list(view.aliases),
        "notes": [{"time": to_iso(note.at), "text": note.text} for note in view.notes],
        "alerts": [alert_record(alert) for alert in view.alerts],
        "detections": [point_record(point) for point in view.detections],
        "facts": [fact_record(group.title, fact) for group in groups_of(view) for fact in group.facts],
    }


def fact_record(group: str, fact: Fact) -> dict[str, Any]:
    """One line of the object pane: a number in its unit, or text, what it means, and what it was worked out from."""
    return {
        "group": group,
        "name": fact.name,
        "value": fact.value if fact.value is not None else fact.text,
        "error": fact.error,
        "unit": fact.unit,
        "separation_arcsec": fact.separation,
        "note": fact.note,
        "range": None if fact.share is None else [0.0, 1.0],
        "meaning": fact.about,
        "computed_from": fact.source,
    }


def alert_record(alert: StoredAlert) -> dict[str, Any]:
    """One alert."""
    label, origin = (alert.label, alert.label_origin) if alert.label else label_of_topics(alert.topics)
    point = point_record(alert.detection)
    return {
        "survey": alert.survey,
        "object_id": alert.object_id,
        **point,
        "source_id": str(alert.source_id),
        "class": label,
        "class_origin": origin,
        "topics": list(alert.topics),
        "details": alert.details,
        "events": list(alert.events),
    }


def point_record(point: Detection) -> dict[str, Any]:
    """One photometric point; `upper_limit` is a magnitude, on upper limits alone."""
    return {
        "kind": point.kind,
        "survey": point.survey,
        "source_id": None if point.source_id is None else str(point.source_id),
        "time": to_iso(point.mjd),
        "mjd": point.mjd,
        "band": point.band,
        "mag": point.mag,
        "mag_err": point.mag_err,
        "flux_njy": point.flux,
        "flux_err_njy": point.flux_err,
        "mag_apparent": point.mag_apparent,
        "mag_apparent_err": point.mag_apparent_err,
        "upper_limit": point.upper_limit,
        "is_negative": point.is_negative,
        "ra": point.ra,
        "dec": point.dec,
    }


def link_record(tom: str, link: Link) -> dict[str, Any]:
    """What is known of a target on one TOM, by its address."""
    return {
        "tom": tom,
        "state": link.state,
        "id": None if link.tom_id is None else str(link.tom_id),
        "name": link.tom_name or None,
        "why": link.why or None,
        "time": to_iso(link.at),
    }
