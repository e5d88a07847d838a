"""The program's own colours: quiet, one amber accent, easy on eyes used to the dark."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="fink-dark",
    primary="#d9a05b",
    secondary="#8fa3b8",
    accent="#d9a05b",
    foreground="#c9cdd3",
    background="#0c0e12",
    surface="#11141a",
    panel="#181c24",
    success="#86b36b",
    warning="#d9b64a",
    error="#e0695e",
    dark=True,
)
LIGHT = Theme(
    name="fink-light",
    primary="#8a5200",
    secondary="#4d6072",
    accent="#8a5200",
    foreground="#23272e",
    background="#faf9f6",
    surface="#f2f0ea",
    panel="#e8e5dd",
    success="#2f6b2f",
    warning="#7d5c00",
    error="#a3261c",
    dark=False,
)
