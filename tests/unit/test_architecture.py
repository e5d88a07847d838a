"""Who may import whom, and how long a module may be: read from the source, nothing is run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fink_tui

ROOT = Path(fink_tui.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
PARTS = set(
    [
        "alerts",
        "sky",
        "fink",
        "store",
        "tom",
        "filters",
        "rules",
        "output",
        "follower",
        "feed",
        "settings",
        "paths",
        "log",
    ]
)
# What each part may import of the others; what it is made of itself goes without saying.
ALLOWED = {
    "alerts": set(),
    "sky": {"alerts"},
    "fink": {"alerts", "sky"},
    "store": {"alerts", "sky"},
    # A write to a TOM is noted in the store before it leaves; the pages linked to are Fink's.
    "tom": {"alerts", "sky", "fink", "store"},
    "filters": {"alerts", "sky", "store"},
    # Reads files of other programs into rows that the store takes.
    "lists": {"alerts", "sky", "fink", "store"},
    "paths": set(),
    "log": set(),
    "settings": {"alerts", "sky", "fink", "tom", "paths"},
    "rules": {"alerts", "sky", "store", "filters", "output"},
    "follower": {"alerts", "sky", "fink", "store", "rules", "settings"},
    "feed": {"alerts", "sky", "fink", "store", "tom", "rules", "follower", "settings", "paths", "log"},
    "output": {"alerts", "sky", "fink", "store", "tom"},
    "ui": PARTS,
    "commands": PARTS | {"lists", "ui", "demo"},
    "cli": PARTS | {"ui", "demo", "commands"},
    "demo": set(),
    "__main__": {"cli"},
    "__init__": set(),
}
SCREEN = {"textual", "rich"}


def part_of(path: Path) -> str:
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every module imported anywhere in a file, by its full name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_imports_go_one_way(path: Path) -> None:
    part = part_of(path)
    assert part in ALLOWED, f"{part} has no place in the order of imports"
    for name in imports(path):
        first, *rest = name.split(".")
        if first == "fink_tui" and rest[0] not in (part, "__version__"):
            assert rest[0] in ALLOWED[part], f"{shown(path)} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_the_screen_is_known_to_the_ui_alone(path: Path) -> None:
    if part_of(path) != "ui":
        assert not {name for name in imports(path) if name.split(".")[0] in SCREEN}


@pytest.mark.parametrize("path", sorted(ROOT.glob("alerts/*.py")), ids=shown)
def test_what_an_alert_is_needs_the_standard_library_alone(path: Path) -> None:
    others = {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names) - {"fink_tui"}
    assert not others
    assert not {name.split(".")[0] for name in imports(path)} & {
        "sqlite3",
        "socket",
        "subprocess",
        "threading",
        "pathlib",
    }


def test_tabs_do_not_import_each_other() -> None:
    for path in ROOT.glob("ui/tabs/*.py"):
        for name in imports(path):
            assert not name.startswith("fink_tui.ui.tabs.") or name.split(".")[3] == path.stem, f"{shown(path)}: {name}"


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_a_module_stays_under_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400
