"""What is new on a target, as one short line."""

from __future__ import annotations

from fink_tui.fink.topics import short_topic
from fink_tui.store.looks import News


def news_line(news: News) -> str:
    """Points, rate, class, matches and topics that are new, "" where nothing is."""
    words = []
    if news.points:
        words.append(f"{news.points} new point{'s'[: news.points > 1]}")
    if news.rate is not None:
        words.append(f"{news.rate:+.2f} mag/day".replace("-", "\N{MINUS SIGN}"))
    if news.label is not None:
        words.append(f"class {news.label[0]} → {news.label[1]}")
    words += [f"match {match}" for match in news.matches]
    words += [f"first time on {short_topic(topic)}" for topic in news.topics]
    return ", ".join(words)
