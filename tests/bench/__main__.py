"""`./dev bench [--again] [NAME...]`: one JSON document a line; exit 1 when a limit is broken.

Each module here that has `measure` is a bench. With `--again` one that breaks a limit is measured a second time, and the
second time counts: the machine may have been busy with something else.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

from tests.bench.figures import Bench

_NOT_BENCHES = {"figures", "media"}


def names() -> list[str]:
    """Every bench there is."""
    package = importlib.import_module("tests.bench")
    return sorted(
        found.name
        for found in pkgutil.iter_modules(package.__path__)
        if not found.name.startswith("_") and found.name not in _NOT_BENCHES
    )


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
        module = importlib.import_module(f"tests.bench.{name}")
        bench: Bench = module.measure()
        sys.stdout.write(bench.json() + "\n")
        if again and not bench.ok:
            bench = module.measure()
            sys.stdout.write(bench.json() + "\n")
        sys.stdout.flush()
        ok = ok and bench.ok
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
