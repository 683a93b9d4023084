"""One ring of the doorbell: take the lane's most urgent job, do it, and write down how it ended."""

from __future__ import annotations

import time

from appliance import logs
from appliance.domain.errors import ClipperError
from appliance.domain.job import Job, Lane
from appliance.domain.states import IllegalMove, JobState
from appliance.domain.trouble import trouble_of
from appliance.jobs.keeping import keep
from appliance.jobs.kind import Kind
from appliance.jobs.kinds import KINDS
from appliance.jobs.messages import WORK, Answer, Died, Failed, Postponed, Progress, Work
from appliance.jobs.running import Run, run_child
from appliance.jobs.settle import TOLD_TO_STOP, settle
from appliance.jobs.works import LEASE, Works
from appliance.sources.politeness import IN_USE
from appliance.store import clips, jobs, lanes, videos
from appliance.store.change import change

_NO_ROOM_SECONDS = 60.0
_QUICKER_SECONDS = 1.0
_WRITE_SECONDS = 1.0  # how often progress is written down
_BY_NAME = {kind.name: kind for kind in KINDS}


def work(lane: Lane, works: Works) -> bool:
    """Do the lane's most urgent job that may start; False when there is none."""
    job = _claim(lane, works)
    if job is None:
        return False
    kind = _BY_NAME[job.kind]
    with logs.bound(**_named(job)):
        _work(job, kind, works)
    return True


def _work(job: Job, kind: Kind, works: Works) -> None:
    log = logs.get("jobs")
    tell = log.debug if kind.quiet else log.info
    tell("job_started", attempt=job.attempt)
    began = time.monotonic()
    with works.runs.entered(job.id, works.limits()) as run:
        answer = _answer(job, kind, run, works)
        try:
            if isinstance(answer, Died) and not run.cancelled and _service_stops(answer, run, works):
                with change(works.now()) as moved:
                    jobs.give_back(moved, job.id, "Clipper was stopped")
                return
            if isinstance(answer, (Died, Failed)) and not run.stopped and (away := works.room.away()):
                with change(works.now()) as moved:
                    jobs.give_back(moved, job.id, away)
                return
            ended = settle(job, kind, answer, works, cancelled=run.cancelled)
        except IllegalMove as error:
            # Somebody moved the job while its answer came in: what they decided stands.
            log.warning("job_overtaken", why=error.message)
            return
    if job.kind == "fetch" and ended.state is not JobState.SCHEDULED:
        with change(works.now()) as moved:
            jobs.next_in_line(moved, job.kind, IN_USE)
    trouble = ended.trouble if ended.state.value != "completed" else None
    tell = log.debug if kind.quiet and trouble is None else log.info
    tell(
        "job_ended",
        state=ended.state.value,
        seconds=round(time.monotonic() - began, 3),
        **({"fault": trouble.fault.value, "message": trouble.message, "hint": trouble.hint} if trouble else {}),
    )


def _service_stops(died: Died, run: Run, works: Works) -> bool:
    """Whether a child ended because the service does. systemd tells all processes at once: the child may be the quicker one."""
    if died.code in TOLD_TO_STOP and not run.stopped:
        works.runs.ending.wait(_QUICKER_SECONDS)
    return run.returned or works.runs.ending.is_set()


def _named(job: Job) -> dict[str, int | str]:
    """What every line of the job's log says."""
    named: dict[str, int | str | None] = {
        "job": job.id,
        "kind": job.kind,
        "video": job.video,
        "clip": job.clip,
        "channel": job.channel,
    }
    return {name: value for name, value in named.items() if value is not None}


def _claim(lane: Lane, works: Works) -> Job | None:
    """The job, taken; None when nothing may start in this lane now."""
    if lane in lanes.paused():
        return None
    passed_over = []
    for kind in KINDS:
        if kind.lane is not lane:
            continue
        why = works.room.why_not(kind.name, lane)
        if works.room.is_news(kind.name, why):
            logs.get("jobs").warning("work_waits" if why else "work_goes_on", kind=kind.name, why=why)
        if why:
            passed_over.append(kind.name)
            jobs.wait_for(kind.name, why)
    with change(works.now(), durable=False) as taken:
        return jobs.claim(taken, lane, works.boot, LEASE, passed_over)


def _answer(job: Job, kind: Kind, run: Run, works: Works) -> Answer | Died | None:
    """What the job's work answered. Errors of our own preparing count like those of the work."""
    try:
        if kind.here is not None:
            kind.here(job, works)
            return None
        assert kind.prepare is not None
        if why := works.room.too_little(job.kind, _seconds(job)):
            return Postponed(_NO_ROOM_SECONDS, why)
        prepared = kind.prepare(job, works)
        if not isinstance(prepared, WORK):
            return prepared
        return _in_child(job, kind, run, prepared, works)
    except Exception as error:  # noqa: BLE001 - whatever broke becomes the job's trouble
        if not isinstance(error, ClipperError):
            logs.get("jobs").exception("job_broke")
        return Failed(trouble_of(error))


def _seconds(job: Job) -> float | None:
    """How long what the job brings or makes is: the clip of a render, else the video; None when nobody knows yet."""
    if job.kind == "render" and job.clip is not None:
        moment = clips.get(job.clip).moment
        return moment.end - moment.start
    if job.video is None:
        return 0.0
    video = videos.get(job.video)
    return 0.0 if job.kind == "fetch" and video.located.is_file else video.seconds


def _in_child(job: Job, kind: Kind, run: Run, prepared: Work, works: Works) -> Answer | Died:
    answer = run_child(run, prepared, works.scratch(), works.mark(job.id), _Progress(job, kind, works), _Output(job))
    if works.settings().log.debug_artifacts:
        keep(works.data_dir / "logs" / "jobs" / str(job.id), prepared, answer)
    return answer


class _Output:
    """Puts what a child says on stderr into the job's log, line by line."""

    def __init__(self, job: Job) -> None:
        self._named = _named(job)  # it is called in a thread of its own, where nothing is bound
        self._rest = b""

    def __call__(self, block: bytes) -> None:
        *lines, self._rest = (self._rest + block).split(b"\n")
        self._rest = self._rest[-4000:]
        for line in lines:
            if text := line.decode("utf-8", "replace").strip():
                logs.get("stage").info("output", text=text[:4000], **self._named)


class _Progress:
    """Writes down how far a job is, once a second at most."""

    def __init__(self, job: Job, kind: Kind, works: Works) -> None:
        self._job, self._kind, self._works = job, kind, works
        self._written = 0.0
        self._step = ""

    def __call__(self, message: Progress) -> None:
        now = time.monotonic()
        if now - self._written < _WRITE_SECONDS and message.done < 1.0:
            return
        self._written, self._step = now, message.step
        job = self._job
        with change(self._works.now(), durable=False) as told:
            if not jobs.beat(told, job.id, self._works.boot, LEASE, message.done, message.step):
                return
            if self._kind.step is not None:
                self._kind.step(told, job, message.done, message.step)
            told.tell(
                "job_progress",
                job=job.id,
                video=job.video,
                clip=job.clip,
                job_id=job.id,
                status="executing",
                step=message.step or job.kind,
                progress=round(message.done, 4),
                message=message.step,
            )
