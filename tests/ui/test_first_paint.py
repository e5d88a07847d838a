"""What may not be loaded before the first frame is on the screen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HEAVY = {
    "numpy",
    "pandas",
    "astropy",
    "fink_client",
    "confluent_kafka",
    "sqlite_utils",
    "matplotlib",
    "pyarrow",
    "polars",
    "httpx",
    "yaml",
}
PROBE = """
import asyncio, json, sys
from pathlib import Path
from fink_tui.commands import dashboard
from fink_tui.feed import Feed
from fink_tui.log import open_log
from fink_tui.settings import load_settings
from fink_tui.ui.app import FinkApp

class Probe(FinkApp):
    def _begin(self):
        self.loaded = sorted({name.partition(".")[0] for name in sys.modules})
        self.exit()

async def main():
    folder = Path(sys.argv[1])
    settings = load_settings()
    app = Probe(folder / "x.db", Feed(folder / "x.db", settings, ["fink_vra_ztf"], open_log(folder / "log")), settings)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
    print(json.dumps(app.loaded))

asyncio.run(main())
"""


def test_nothing_heavy_is_loaded_at_the_first_frame(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PROBE, str(tmp_path)], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "textual" in loaded
    assert not loaded & HEAVY
