"""The models that Clipper can use: which there are, which are here, fetching and removing them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.domain.errors import BadInput, NeedsPerson, Permanent, Transient
from appliance.domain.progress import OnProgress
from appliance.media.gpu import Gpu
from appliance.media.whisper import check_model

_SPARE_BYTES = 500_000_000
_ENOUGH_GPU = 4_000_000_000
_MUCH_GPU = 8_000_000_000


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model that can be fetched: a repository of several files (`repo`), or one file with its checksum (`url`)."""

    name: str
    kind: str
    about: str
    licence: str
    size_bytes: int
    repo: str = ""
    url: str = ""
    file: str = ""
    sha256: str = ""


def cards(tables: Mapping[str, Any]) -> tuple[ModelCard, ...]:
    """The catalogue from its preset file."""
    return tuple(ModelCard(name=name, **table) for name, table in tables.items())


def where(card: ModelCard, models: Path) -> Path:
    """Where a model belongs: a folder, or a file."""
    return models / card.file if card.file else models / card.kind / card.name


def is_here(card: ModelCard, models: Path) -> bool:
    """Whether the model is on this machine, whole."""
    place = where(card, models)
    if card.file:
        return place.is_file()
    try:
        check_model(place)
    except NeedsPerson:
        return False
    return True


def best_speech_model(gpu: Gpu | None, cores: int, memory_bytes: int) -> str:
    """The speech model that fits a machine: turbo from 4 GB of GPU memory, small from four cores, else base."""
    if gpu is not None and gpu.memory_bytes >= _ENOUGH_GPU * 0.95:
        return "large-v3-turbo"
    return "small" if cores >= 4 and memory_bytes >= 4_000_000_000 else "base"


def best_batch(gpu: Gpu | None) -> int:
    """How many pieces at once: by the GPU's free memory, four on a processor."""
    if gpu is None:
        return 4
    return 16 if gpu.free_bytes >= _MUCH_GPU else 8


def pull(card: ModelCard, models: Path, tell: OnProgress) -> Path:
    """Fetch a model; goes on where it stopped. Transient without a network, NeedsPerson without room, Permanent when the
    file that came is not the one expected.
    """
    place = where(card, models)
    place.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(place.parent).free
    if free < card.size_bytes + _SPARE_BYTES:
        raise NeedsPerson(
            f"{models}: {free / 1e9:.1f} GB are free, {card.name} needs {card.size_bytes / 1e9:.1f} GB and some room",
            "Free some space, or move [paths] data_dir.",
        )
    if card.file:
        _pull_file(card, place, tell)
    else:
        _pull_repo(card, place, tell)
    tell(1.0, "fetched")
    return place


def remove(card: ModelCard, models: Path) -> None:
    """Delete a model. BadInput when it is not here."""
    place = where(card, models)
    if not place.exists():
        raise BadInput(f"{card.name} is not on this machine", "`clipper models list` shows what is.")
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()


def _pull_file(card: ModelCard, place: Path, tell: OnProgress) -> None:
    import httpx2

    temporary = place.with_name(place.name + ".part")
    digest = hashlib.sha256()
    try:
        with (
            httpx2.stream("GET", card.url, follow_redirects=True, timeout=30) as answer,
            temporary.open("wb") as file,
        ):
            answer.raise_for_status()
            for block in answer.iter_bytes():
                file.write(block)
                digest.update(block)
                tell(min(file.tell() / card.size_bytes, 1.0), "fetching")
    except httpx2.HTTPError as error:
        temporary.unlink(missing_ok=True)
        hint = f"Without a network, put {card.file} into {place.parent} by hand."
        raise Transient(f"{card.name} could not be fetched: {error}", hint) from error
    if digest.hexdigest() != card.sha256:
        temporary.unlink()
        raise Permanent(
            f"{card.name}: what was fetched is not the file expected (its checksum differs)", "Try again later."
        )
    temporary.replace(place)


def _pull_repo(card: ModelCard, place: Path, tell: OnProgress) -> None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    tell(0.0, "fetching")
    try:
        snapshot_download(
            card.repo,
            local_dir=place,
            allow_patterns=["config.json", "model.bin", "tokenizer.json", "vocabulary.*", "preprocessor_config.json"],
            tqdm_class=_counting(card, tell),
        )
    except LocalEntryNotFoundError as error:
        raise Transient(
            f"the speech model {card.name} is not here, and there is no network to fetch it",
            f"Fetch it elsewhere and put its files into {place}, or give subtitles.",
        ) from error
    except (HfHubHTTPError, OSError) as error:
        message = f"the speech model {card.name} could not be fetched: {error}"
        raise Transient(message, "Try again later; what came is kept.") from error
    check_model(place)


def _counting(card: ModelCard, tell: OnProgress) -> type[Any]:
    """A silent progress bar that tells us instead of the terminal; only bars that count bytes matter."""
    from tqdm.auto import tqdm

    done = {"bytes": 0.0}

    class Counting(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs["disable"] = True
            self._counts_bytes = kwargs.get("unit") == "B"
            kwargs.pop("name", None)
            super().__init__(*args, **kwargs)

        def update(self, n: float | None = 1) -> bool | None:
            if self._counts_bytes:
                done["bytes"] += n or 0
                tell(min(done["bytes"] / card.size_bytes, 0.99), f"{done['bytes'] / 1e6:.0f} MB")
            return None

    return Counting
