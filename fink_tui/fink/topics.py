"""What a topic's name tells."""

from __future__ import annotations


def survey_of_topic(topic: str) -> str:
    """The survey whose cluster carries a topic: "lsst" for ..._lsst, else "ztf", the multi-messenger ones too."""
    return "lsst" if topic.endswith("_lsst") else "ztf"


def short_topic(topic: str) -> str:
    """A topic's name without what all of them share."""
    name = topic.removeprefix("fink_")
    for ending in ("_ztf", "_lsst"):
        name = name.removesuffix(ending)
    return name
