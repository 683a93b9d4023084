"""What Prometheus reads. Everything is looked up when it asks; nothing is kept beside."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

from appliance.actions import measures
from appliance.actions.box import About, Box
from appliance.actions.health import queue_lengths
from appliance.domain.errors import ClipperError
from appliance.domain.states import ClipState, VideoState
from appliance.store.views import box as base
from appliance.store.views import totals
from appliance.store.views.jobs import lane_views

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

TYPE = "text/plain; version=0.0.4; charset=utf-8"


def text(box: Box, about: About) -> bytes:
    """All metrics in Prometheus's text format."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.registry import Collector

    class Here(Collector):
        def collect(self) -> Iterator[Metric]:
            yield from _collected(box, about)

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Here())
    return generate_latest(registry)


def _collected(box: Box, about: About) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily as Gauge

    yield Gauge(
        "clipper_uptime_seconds", "Since the program was started", max((box.now() - about.started).total_seconds(), 0)
    )
    yield Gauge("clipper_safe_mode", "1 while the settings cannot be used", float(bool(about.problem())))
    try:
        base.try_it()
        found = list(_from_database(about))
        working = 1.0
    except ClipperError:
        found, working = [], 0.0
    yield Gauge("clipper_db_ok", "1 while the database reads and writes", working)
    yield Gauge("clipper_queue_ok", "1 while jobs can be queued and taken", working if not about.problem() else 0.0)
    yield from found
    yield from _disk(box)
    yield from _work()


def _from_database(about: About) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily as Gauge

    length = Gauge("clipper_jobs_queue_length", "Jobs that may start", labels=["lane"])
    for lane, count in queue_lengths().items():
        length.add_metric([lane.value], count)
    yield length
    jobs = Gauge("clipper_jobs", "Jobs by lane and what they wait for", labels=["lane", "state"])
    paused = Gauge("clipper_lane_paused", "1 while a lane takes no new job", labels=["lane"])
    workers = Gauge("clipper_lane_workers", "Workers of a lane", labels=["lane"])
    for view in lane_views(about.workers):
        for state, count in (("executing", view.executing), ("available", view.available), ("waiting", view.waiting)):
            jobs.add_metric([view.name.value, state], count)
        paused.add_metric([view.name.value], float(view.paused))
        workers.add_metric([view.name.value], view.workers)
    yield from (jobs, paused, workers)
    by_video, by_clip = totals.videos_by_state(), totals.clips_by_state()
    yield Gauge("clipper_videos_total", "Videos", sum(by_video.values()))
    yield Gauge("clipper_clips_total", "Clips", sum(by_clip.values()))
    videos = Gauge("clipper_videos", "Videos by state", labels=["state"])
    for video_state in VideoState:
        videos.add_metric([video_state.value], by_video.get(video_state.value, 0))
    clips = Gauge("clipper_clips", "Clips by state", labels=["state"])
    for clip_state in ClipState:
        clips.add_metric([clip_state.value], by_clip.get(clip_state.value, 0))
    yield from (videos, clips)
    yield Gauge("clipper_channels_failing", "Channels that could not be asked", totals.channels_failing())


def _disk(box: Box) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily as Gauge

    try:
        usage = shutil.disk_usage(box.data_dir)
    except OSError:
        return
    yield Gauge("clipper_disk_free_bytes", "Free room where videos and clips are kept", usage.free)
    yield Gauge("clipper_disk_bytes", "All room where videos and clips are kept", usage.total)


def _work() -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

    spans, failures = measures.MEASURES.snapshot()
    seconds = HistogramMetricFamily("clipper_stage_seconds", "How long finished jobs took", labels=["kind"])
    for kind, (counts, total) in sorted(spans.items()):
        so_far, buckets = 0, []
        for border, count in zip((*measures.BORDERS, "+Inf"), counts, strict=True):
            so_far += count
            buckets.append((str(border), so_far))
        seconds.add_metric([kind], buckets, total)
    failed = CounterMetricFamily("clipper_job_failures", "Failed tries", labels=["kind", "fault"])
    for (kind, fault), count in sorted(failures.items()):
        failed.add_metric([kind, fault], count)
    yield from (seconds, failed)
