"""`fink-tui`: the dashboard."""

from __future__ import annotations

import argparse

from fink_tui import paths
from fink_tui.commands.begin import database_path
from fink_tui.log import open_log
from fink_tui.settings import SURVEYS, load_settings


def run(args: argparse.Namespace) -> int:
    """Open the dashboard on the configured topics."""
    from fink_tui.feed import Feed
    from fink_tui.ui.app import FinkApp

    settings = load_settings(args.config)
    log = open_log(paths.log_file())
    topics = [topic for survey in SURVEYS for topic in settings.streams[survey].topics]
    database = database_path(args)
    app = FinkApp(database, Feed(database, settings, topics, log), settings, topics=topics, notices=settings.notices)
    app.run()
    return app.return_code or 0
