"""`fink-tui demo`: the dashboard on a simulated Fink on loopback."""

from __future__ import annotations

import argparse
from dataclasses import replace

from fink_tui import paths
from fink_tui.commands.begin import say
from fink_tui.demo import DemoNotStarted, start, start_api, start_tom
from fink_tui.fink.topics import survey_of_topic
from fink_tui.log import open_log
from fink_tui.settings import SURVEYS, load_settings
from fink_tui.tom.account import TomAccount


def run(args: argparse.Namespace) -> int:
    """Start the simulated Fink, follow all of its topics, and stop it again at the end."""
    from fink_tui.feed import Feed
    from fink_tui.ui.app import FinkApp

    log = open_log(paths.log_file())
    database = args.db or paths.data_dir() / "demo.db"
    say("starting the simulated Fink ...")
    try:
        with start(args.seed, args.speed) as fink, start_api(args.seed) as api, start_tom(args.seed) as tom:
            settings = load_settings(args.config, environ={})
            streams = {
                survey: replace(
                    settings.streams[survey],
                    servers=fink.servers,
                    group_id=None,
                    username=None,
                    password=None,
                    topics=tuple(topic for topic in fink.topics if survey_of_topic(topic) == survey),
                )
                for survey in SURVEYS
            }
            urls = {"ztf": api.ztf_url, "lsst": api.lsst_url}
            # Nobody's script is to be told of alerts that never were.
            rules = {
                name: {key: value for key, value in table.items() if key != "command"}
                for name, table in settings.named["rules"].items()
                if table.keys() - {"when", "enabled", "command"}
            }
            named = {**settings.named, "rules": rules}
            # What never was is handed to the simulated TOM, and to no other.
            toms = (TomAccount("", tom.url, tom.group, tom.user, token=tom.token, password=tom.password),)
            settings = replace(
                settings, streams=streams, api_urls=urls, start="earliest", named=named, toms=toms, notices=()
            )
            feed = Feed(database, settings, fink.topics, log)
            app = FinkApp(database, feed, settings, topics=fink.topics, title_shown="fink-tui DEMO")
            app.run()
            return app.return_code or 0
    except DemoNotStarted as error:
        say(f"fink-tui: {error}")
        return 1
