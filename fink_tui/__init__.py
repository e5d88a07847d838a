"""A terminal for the night: query, follow and triage the alerts of the Fink broker."""

__version__ = "0.1.0"
