"""The composition root: from settings to the options and the context that the stages take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.errors import BadInput, ConfigError
from appliance.domain.timeline import Aspect
from appliance.domain.wishes import Wishes
from config import presets
from config.load import Loaded, SettingsError, load, secret

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.client import Client
    from appliance.domain.listed import Listing
    from appliance.domain.moment import Moment
    from appliance.domain.progress import OnProgress
    from appliance.domain.style import CaptionStyle
    from appliance.jobs.child import Bench
    from appliance.jobs.messages import ExpandWork, ListWork
    from appliance.pipeline.options import ClipOptions, LookOptions, RenderChoice, VideoOptions
    from appliance.pipeline.stage import Context
    from config.schema import Look, Settings


def settings(file: Path | None, overrides: Sequence[str]) -> Loaded:
    """The settings in force; ConfigError with the place of every mistake."""
    try:
        return load(file, overrides)
    except SettingsError as error:
        raise ConfigError(str(error), error.hint) from error


def data_dir(chosen: Settings) -> Path:
    """Where everything is kept: the settings' own folder, else the platform's."""
    if chosen.paths.data_dir:
        return Path(chosen.paths.data_dir).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("clipper", appauthor=False)


def context(chosen: Settings) -> Context:
    """What all stages share."""
    from appliance.pipeline.stage import Context
    from appliance.store.artifacts import guarded_disk
    from config.places import use_temp

    root = data_dir(chosen)
    if chosen.paths.temp_dir:
        with guarded_disk(Path(chosen.paths.temp_dir)):
            use_temp(Path(chosen.paths.temp_dir).expanduser())
    try:
        key = secret("llm_api_key", chosen.llm.api_key_file)
    except SettingsError as error:
        raise ConfigError(f"[llm] api_key_file: {error}", error.hint) from error
    return Context(
        root=root, models=root / "models", ffmpeg=chosen.ffmpeg.path, ffmpeg_args=chosen.ffmpeg.global_args, api_key=key
    )


def watched(shared: Context, tell: OnProgress) -> Context:
    """The same context with somebody looking on."""
    return replace(shared, tell=tell)


def video_options(chosen: Settings, wishes: Wishes) -> VideoOptions:
    """Everything that decides about a video's moments."""
    from appliance.llm import JudgeOptions
    from appliance.pipeline.options import ChatOptions, ScanOptions, SpeechOptions, VideoOptions, Words
    from appliance.ranking import RankOptions
    from appliance.sources.base import Bases, FetchOptions

    words, subtitles = _words(wishes.captions or chosen.captions.source)
    language = "" if chosen.asr.language == "auto" else chosen.asr.language
    rank = RankOptions(
        top_n=wishes.top or chosen.rank.top_n,
        min_score=chosen.rank.min_score if wishes.min_score is None else wishes.min_score,
        min_seconds=wishes.min_seconds or chosen.rank.min_seconds,
        max_seconds=wishes.max_seconds or chosen.rank.max_seconds,
        query=wishes.query,
        keywords=(*chosen.rank.keywords, *wishes.keywords),
        weights={**chosen.rank.weights, **wishes.weights},
        chat_preset="" if chosen.chat.preset == "robust" else chosen.chat.preset,
    )
    if rank.min_seconds > rank.max_seconds:
        raise BadInput(
            f"clips of at least {rank.min_seconds:g} s and at most {rank.max_seconds:g} s cannot be",
            "Make --min smaller or --max larger.",
        )
    return VideoOptions(
        fetch=FetchOptions(
            allow=chosen.sources.allow,
            allow_any=chosen.sources.allow_any,
            max_height=chosen.yt_dlp.max_height,
            language=language,
            yt_dlp=chosen.yt_dlp.path,
            yt_dlp_args=chosen.yt_dlp.args,
            cookies_file=chosen.yt_dlp.cookies_file,
            proxy=chosen.yt_dlp.proxy,
            allow_private=chosen.sources.allow_private,
            min_seconds=wishes.min_video_seconds or 0.0,
            max_seconds=wishes.max_video_seconds or 0.0,
            polite_dir=str(data_dir(chosen) / "polite"),
            bases=Bases(**chosen.sources.bases.model_dump()),
            chat=_there(wishes.chat, "--chat"),
            subtitles=_there(subtitles, "--captions"),
        ),
        scan=ScanOptions(sound=wishes.sound),
        speech=SpeechOptions(
            words=Words(words),
            model=chosen.asr.model,
            device=chosen.asr.device,
            compute_type=chosen.asr.compute_type,
            language=language,
            batch_size=chosen.asr.batch_size,
            download=chosen.asr.download,
            cpu_share=chosen.asr.cpu_share,
        ),
        chat=ChatOptions(chosen.chat.offset, chosen.chat.emotes),
        rank=rank,
        judge=JudgeOptions(
            base_url=chosen.llm.base_url,
            model=chosen.llm.model,
            budget=chosen.llm.budget,
            context=chosen.llm.context,
            criteria=tuple((name, _criteria(name, chosen)) for name in wishes.criteria or chosen.llm.criteria)
            if chosen.llm.base_url
            else (),
            timeout=chosen.llm.timeout,
        ),
    )


def look_options(chosen: Settings, wishes: Wishes, shared: Context) -> LookOptions:
    """How the clips look."""
    from appliance.pipeline.options import LookOptions

    look = _look(chosen, wishes.look)
    return LookOptions(
        style=caption_style(wishes.style or look.captions or chosen.captions.style),
        aspect=_aspect(wishes.aspect or look.aspect),
        captions=(wishes.captions or chosen.captions.source) != "off",
        hook=look.hook,
        progress=look.progress,
        watermark=look.watermark,
        logo=_there(look.logo, f"[look.{wishes.look or 'default'}] logo"),
        logo_corner=look.logo_corner,
        follow=look.framing == "auto",
        emoji=chosen.captions.emoji,
        cut_silences=look.cut_silences,
        cut_fillers=look.cut_fillers,
        profanity=look.profanity,
        swear_words=_swear_words() if look.profanity != "off" else (),
        target_lufs=look.target_lufs,
        fps=look.fps,
        cover_title=look.cover_title,
        face_model=face_model(shared),
    )


def render_choice(chosen: Settings) -> RenderChoice:
    """Which encoder, and with what."""
    from appliance.pipeline.options import RenderChoice

    own = chosen.ffmpeg
    return RenderChoice(own.encoder, own.encode_args, own.thumbnail_args, own.nvenc_preset)


def face_model(shared: Context) -> str:
    """The file of the face model; empty while it is not here."""
    from appliance.media.models import cards, is_here, where

    card = next(card for card in cards(presets.table(".", "models")) if card.kind == "faces")
    return str(where(card, shared.models)) if is_here(card, shared.models) else ""


def _words(said: str) -> tuple[str, str]:
    """Where the words come from, and the file when one is named."""
    return (said, "") if said in {"auto", "asr", "off"} else ("file", said)


def _there(path: str | None, said: str) -> str:
    """An absolute path; BadInput when a named file is not there."""
    if not path:
        return ""
    whole = Path(path).expanduser().absolute()
    if not whole.is_file():
        raise BadInput(f"{said} {path}: there is no such file", "Check the path for typing mistakes.")
    return str(whole)


def _look(chosen: Settings, name: str) -> Look:
    from config.schema import Look

    if name and name not in chosen.look and name != "default":
        there = ", ".join(sorted({"default", *chosen.look}))
        raise BadInput(f"there is no look {name} (there are: {there})", f"Add a table [look.{name}] to clipper.toml.")
    return chosen.look.get(name or "default", Look())


def _aspect(said: str) -> Aspect:
    try:
        return Aspect(said)
    except ValueError:
        raise BadInput(f"{said} is no aspect", f"One of: {', '.join(Aspect)}.") from None


def caption_style(name: str) -> CaptionStyle:
    """A caption preset by its name; BadInput lists what there is."""
    from appliance.media.presets import read_style

    known = presets.names("captions", ".toml")
    if name not in known:
        raise BadInput(f"there is no caption preset {name}", f"One of: {', '.join(known)}.")
    return read_style(presets.FOLDER / "captions" / f"{name}.toml")


def _criteria(name: str, chosen: Settings) -> str:
    own = data_dir(chosen) / "criteria" / f"{name}.txt"
    if own.is_file():
        return own.read_text(encoding="utf-8")
    try:
        return presets.text("criteria", name)
    except KeyError:
        known = ", ".join(presets.names("criteria", ".txt"))
        raise ConfigError(f"[llm] criteria: there is no {name} (there are: {known})", f"Write one: {own}") from None


def _swear_words() -> tuple[str, ...]:
    """All shipped languages at once: people swear in several."""
    return tuple(
        line for name in presets.names("profanity", ".txt") for line in presets.text("profanity", name).splitlines()
    )


def db_dir(chosen: Settings) -> Path:
    """Where the database is: its own folder when one is named, else beside everything."""
    return Path(chosen.paths.db_dir).expanduser().absolute() if chosen.paths.db_dir else data_dir(chosen)


def socket_path(chosen: Settings) -> Path:
    """Where the local command line reaches the service: one place for each database, short enough for the kernel."""
    if chosen.web.socket:
        return Path(chosen.web.socket).expanduser().absolute()
    from hashlib import blake2b

    from config.places import run_dir

    name = blake2b(str(db_dir(chosen)).encode(), digest_size=4).hexdigest()
    return run_dir() / f"{name}.sock"


def client(chosen: Settings, server: str = "", key: str = "") -> Client:
    """The running service: over its socket, or at another address."""
    from appliance.client import Client

    return Client(server or str(socket_path(chosen)), key or secret("api_key", ""))


def bench() -> Bench:
    """What a child needs to turn settings into the options of stages and sources."""
    from appliance.jobs.child import Bench
    from appliance.jobs.scratch import scratch_dir

    def ask(work: ListWork, now: datetime) -> Listing:
        return asked(_settings_of(bytes(work.settings)), work, now)

    def scratch(said: bytes) -> Path:
        chosen = _settings_of(said)
        return scratch_dir(chosen, data_dir(chosen))

    def expand(work: ExpandWork) -> Listing:
        return expanded(_settings_of(bytes(work.settings)), work)

    return Bench(lambda said: context(_settings_of(said)), _stage_options, ask, expand, scratch)


def asked(chosen: Settings, work: ListWork, now: datetime) -> Listing:
    """What a channel has."""
    from appliance import sources
    from appliance.domain.listed import ChannelAddress
    from appliance.sources.base import ListOptions

    fetch = video_options(chosen, Wishes()).fetch
    options = ListOptions(
        fetch.guard,
        fetch,
        backfill=work.rules.backfill if work.first else 0,
    )
    return sources.listing(ChannelAddress(work.platform, "", work.address), work.remembered, options, now)


def expanded(chosen: Settings, work: ExpandWork) -> Listing:
    """What is in a list of videos."""
    from appliance import sources
    from appliance.sources.base import ListOptions

    fetch = video_options(chosen, Wishes()).fetch
    return sources.expand(work.list, ListOptions(fetch.guard, fetch, limit=work.most))


def _settings_of(said: bytes) -> Settings:
    from config.schema import Settings

    return Settings.model_validate_json(said)


def _stage_options(said: bytes, wishes: Wishes, moment: Moment | None) -> VideoOptions | ClipOptions:
    """What the stages of a video take; with a moment, those of a clip."""
    from appliance.pipeline.options import ClipOptions

    chosen = _settings_of(said)
    if moment is None:
        return video_options(chosen, wishes)
    return ClipOptions(moment, look_options(chosen, wishes, context(chosen)), render_choice(chosen), wishes.sound)
