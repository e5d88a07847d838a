"""Starting is quick: the command line loads nothing heavy before it knows what is asked."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "numpy", "pandas", "astropy", "fink_client", "confluent_kafka", "sqlite_utils", "matplotlib", "pyarrow", "textual",
    "httpx", "rich", "fastavro", "polars", "yaml", "sqlite3",
)  # fmt: skip


def test_the_parser_is_built_without_anything_heavy() -> None:
    program = f"""
import sys
import fink_tui.cli
fink_tui.cli.build_parser().format_help()
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_listing_targets_needs_neither_kafka_nor_astropy() -> None:
    program = """
import sys
from fink_tui.cli import main
code = main(["targets", "--db", "/nonexistent/a.db"])
print(code, [name for name in ("numpy", "pandas", "astropy", "fink_client", "confluent_kafka") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "1 []"
