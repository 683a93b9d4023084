"""`./dev bench [--again] [NAME...]`: one JSON document a line; exit 1 when a limit is broken.

Each module here that has `measure` is a bench. With `--again` one that breaks a limit is measured a second time, and the
second time counts: the machine may have been busy with something else.
"""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

_NOT_BENCHES = {"figures", "media"}


def names() -> list[str]:
    """Every bench there is."""
    package = importlib.import_module("tests.bench")
    return sorted(
        found.name
        for found in pkgutil.iter_modules(package.__path__)
        if not found.name.startswith("_") and found.name not in _NOT_BENCHES
    )


def _measured(name: str) -> bool:
    """Run one bench in a process of its own: what another one loaded must not count (Linux hands the peak memory of a parent
    on to its children). Whether its limits are kept.
    """
    return subprocess.run([sys.executable, "-m", "tests.bench.figures", name], check=False).returncode == 0


def main(wanted: list[str]) -> int:
    """Run the wanted benches, or all of them."""
    known = names()
    again = "--again" in wanted
    wanted = [name for name in wanted if name != "--again"]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.stderr.write(f"No bench called {', '.join(unknown)}. There are: {', '.join(known)}\n")
        return 2
    ok = True
    for name in wanted or known:
        kept = _measured(name)
        if again and not kept:
            kept = _measured(name)
        ok = ok and kept
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
