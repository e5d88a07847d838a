"""The stand-in as a process: both APIs on loopback until it is told to stop.

    python -m fink_tui.demo.api --seed 1
    python -m fink_tui.demo.api --alerts FILE_OR_FOLDER...

It prints one line of JSON, {"ztf": "http://127.0.0.1:PORT", "lsst": "http://127.0.0.1:PORT"}, when it answers.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from pathlib import Path

from fink_tui.demo import DEFAULT_SEED
from fink_tui.demo.api import database, lsst_api, ztf_api
from fink_tui.demo.api.server import Server
from fink_tui.demo.night import OPENING
from fink_tui.demo.process import stop_on_signals, stop_with_parent


def main() -> int:
    """Serve until SIGTERM, SIGINT or the end of the standard input."""
    arguments = _arguments()
    stop = threading.Event()
    stop_on_signals(stop)
    stop_with_parent(stop)
    known = (
        database.from_files(arguments.alerts)
        if arguments.alerts
        else database.simulated(arguments.seed, arguments.until)
    )
    servers = {name: Server(api.site(known, arguments.delay)) for name, api in (("ztf", ztf_api), ("lsst", lsst_api))}
    print(json.dumps({name: server.url for name, server in servers.items()}), flush=True)
    known.warm(stop)
    stop.wait()
    # Requests under way may take as long as they like; none of them keeps anything.
    os._exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fink_tui.demo.api", description="A stand-in for Fink's REST APIs.")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="which simulated sky (default %(default)s)")
    until = "MJD UTC up to which the simulated sky's alerts have come in (default %(default)s)"
    parser.add_argument("--until", type=float, default=OPENING, help=until)
    files = "serve the alerts in these Avro files and folders instead"
    parser.add_argument("--alerts", type=Path, nargs="+", default=[], metavar="PATH", help=files)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer (default %(default)s)")
    arguments = parser.parse_args()
    if not arguments.delay >= 0.0:
        parser.error("--delay must not be negative")
    if missing := [str(path) for path in arguments.alerts if not path.exists()]:
        parser.error(f"no such file or folder: {', '.join(missing)}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
