"""What a bench answers: figures, and the limits they have to keep."""

from __future__ import annotations

import importlib
import json
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Limit:
    """A bound that CI refuses to see broken; `goal` is where the figure should get."""

    at_most: float | None = None
    at_least: float | None = None
    goal: float | None = None

    def kept(self, figure: float) -> bool:
        """Whether the figure stays inside."""
        return (self.at_most is None or figure <= self.at_most) and (self.at_least is None or figure >= self.at_least)


@dataclass
class Bench:
    """One bench's figures: ratios inside one run, CPU-seconds or shares; `skipped` says why nothing was measured."""

    name: str
    ratios: dict[str, float] = field(default_factory=dict)
    limits: dict[str, Limit] = field(default_factory=dict)
    notes: dict[str, object] = field(default_factory=dict)
    skipped: str = ""

    def add(
        self,
        figure: str,
        value: float,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        goal: float | None = None,
    ) -> None:
        """Record a figure, with a limit where it has one."""
        self.ratios[figure] = round(float(value), 4)
        if at_most is not None or at_least is not None:
            self.limits[figure] = Limit(at_most, at_least, goal)

    @property
    def ok(self) -> bool:
        """Whether every limit is kept."""
        return all(limit.kept(self.ratios[name]) for name, limit in self.limits.items())

    def json(self) -> str:
        """The document that is printed."""
        limits = {
            name: {key: value for key, value in vars(limit).items() if value is not None}
            for name, limit in self.limits.items()
        }
        return json.dumps(
            {
                "name": self.name,
                "ratios": self.ratios,
                "limits": limits,
                "ok": self.ok,
                **({"notes": self.notes} if self.notes else {}),
                **({"skipped": self.skipped} if self.skipped else {}),
            }
        )


def cpu_seconds(work: Callable[[], T]) -> tuple[float, T]:
    """CPU-seconds (user and system, this process and its ended children) that `work` took, and its answer."""

    def spent() -> float:
        own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime

    before = spent()
    answer = work()
    return spent() - before, answer


def main(name: str) -> int:
    """Measure one bench in this process, print its document, and answer 0 when its limits are kept."""
    bench = importlib.import_module(f"tests.bench.{name}").measure()
    sys.stdout.write(bench.json() + "\n")
    return 0 if bench.ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
