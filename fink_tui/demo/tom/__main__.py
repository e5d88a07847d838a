"""The stand-in as a process: a TOM on loopback until it is told to stop.

    python -m fink_tui.demo.tom --seed 1

It prints one line of JSON, {"tom": "http://127.0.0.1:PORT", "token": …, "user": …, "password": …, "group": …}, when it
answers. What is written to it is forgotten when it ends.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
from pathlib import Path

from fink_tui.demo import DEFAULT_SEED
from fink_tui.demo.process import stop_on_signals, stop_with_parent
from fink_tui.demo.tom import sample
from fink_tui.demo.tom.server import Server
from fink_tui.demo.tom.site import VERSIONS, Site


def main() -> int:
    """Serve until SIGTERM, SIGINT or the end of the standard input."""
    arguments = _arguments()
    stop = threading.Event()
    stop_on_signals(stop)
    stop_with_parent(stop)
    observer = sample.OBSERVER
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder) / "tom.sqlite3", arguments.version, (observer, sample.COLLEAGUE))
        server = Server(site)
        sample.fill(site, arguments.seed)
        said = {"tom": server.url, "token": observer.token, "user": observer.name, "password": observer.password}
        print(json.dumps({**said, "group": sample.GROUP}), flush=True)
        stop.wait()
        server.stop()
    os._exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fink_tui.demo.tom", description="A stand-in for a TOM.")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="which simulated sky (default %(default)s)")
    which = "of TOM Toolkit (default %(default)s); before 3 it ignores tokens"
    parser.add_argument("--version", choices=VERSIONS, default=VERSIONS[0], help=which)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
