"""The tables as peewee sees them. They are made by store/migrations.py; a test holds the two together."""

from __future__ import annotations

from typing import Any, Self

from peewee import AutoField, BooleanField, DatabaseProxy, FloatField, ForeignKeyField, IntegerField, Model, TextField

from appliance.domain.channel import ChannelRules
from appliance.domain.listed import Remembered
from appliance.domain.moment import Moment
from appliance.domain.trouble import Trouble
from appliance.domain.wishes import Wishes
from appliance.store.fields import Instant, Typed

database = DatabaseProxy()
_by_number: dict[type[Row], str] = {}


class Row(Model):
    """What all tables have: a number that is never given twice."""

    id = AutoField()

    class Meta:
        database = database
        legacy_table_names = False

    @classmethod
    def numbered(cls, number: int) -> Self | None:
        """The row of that number. The statement is composed once for all: composing costs more than carrying it out."""
        if cls not in _by_number:
            _by_number[cls] = cls.select().where(cls.id == 0).sql()[0]
        rows: Any = cls.raw(_by_number[cls], number)
        found = list(rows)
        return found[0] if found else None


class UserRow(Row):
    name = TextField(unique=True)
    role = TextField()
    password = TextField(default="")
    added = Instant()
    disabled = BooleanField(default=False)
    last_seen = Instant(null=True)

    class Meta:
        table_name = "user"


class KeyRow(Row):
    user = ForeignKeyField(UserRow, on_delete="CASCADE")
    name = TextField()
    purpose = TextField(default="api")
    hash = TextField(unique=True)
    begins = TextField()
    role = TextField()
    added = Instant()
    expires = Instant(null=True)
    last_used = Instant(null=True)
    revoked = Instant(null=True)

    class Meta:
        table_name = "api_key"


class SessionRow(Row):
    user = ForeignKeyField(UserRow, on_delete="CASCADE")
    hash = TextField(unique=True)
    added = Instant()
    last_used = Instant()
    expires = Instant()
    agent = TextField(default="")

    class Meta:
        table_name = "session"


class ChannelRow(Row):
    owner = ForeignKeyField(UserRow)
    name = TextField()
    address = TextField()
    platform = TextField()
    origin = TextField()
    rules = Typed(ChannelRules)
    added = Instant()
    paused = BooleanField(default=False)
    gone = Instant(null=True)
    remembered = Typed(Remembered)
    last_poll = Instant(null=True)
    last_good = Instant(null=True)
    next_poll = Instant(null=True)
    errors = IntegerField(default=0)
    trouble = Typed(Trouble | None, null=True)
    note = TextField(default="")

    class Meta:
        table_name = "channel"


class VideoRow(Row):
    owner = ForeignKeyField(UserRow)
    channel = ForeignKeyField(ChannelRow, null=True, on_delete="SET NULL")
    address = TextField()
    key = TextField()
    platform = TextField()
    state = TextField()
    title = TextField(default="")
    content = TextField(default="")
    seconds = FloatField(null=True)
    published = Instant(null=True)
    progress = FloatField(default=0.0)
    step = TextField(default="")
    trouble = Typed(Trouble | None, null=True)
    wishes = Typed(Wishes)
    made = Typed(dict[str, str])
    notes = Typed(tuple[str, ...])
    added = Instant()
    changed = Instant()
    deleted = Instant(null=True)

    class Meta:
        table_name = "video"


class SeenRow(Row):
    channel = ForeignKeyField(ChannelRow, on_delete="CASCADE")
    key = TextField()
    title = TextField(default="")
    published = Instant(null=True)
    at = Instant()
    outcome = TextField()
    video = ForeignKeyField(VideoRow, null=True, on_delete="SET NULL")

    class Meta:
        table_name = "seen"


class ClipRow(Row):
    video = ForeignKeyField(VideoRow, on_delete="CASCADE")
    owner = ForeignKeyField(UserRow)
    state = TextField()
    place = IntegerField(default=0)
    start = FloatField()
    end = FloatField()
    score = FloatField()
    title = TextField()
    moment = Typed(Moment)
    wishes = Typed(Wishes)
    folder = TextField(default="")
    made = Typed(dict[str, str])
    trouble = Typed(Trouble | None, null=True)
    notes = Typed(tuple[str, ...])
    decided = Instant(null=True)
    decided_by = TextField(default="")
    reasons = Typed(tuple[str, ...])
    added = Instant()
    changed = Instant()
    deleted = Instant(null=True)

    class Meta:
        table_name = "clip"


class JobRow(Row):
    kind = TextField()
    lane = TextField()
    state = TextField()
    video = ForeignKeyField(VideoRow, null=True, on_delete="CASCADE")
    clip = ForeignKeyField(ClipRow, null=True, on_delete="CASCADE")
    channel = ForeignKeyField(ChannelRow, null=True, on_delete="CASCADE")
    owner = IntegerField(null=True)
    argument = TextField(default="")
    unique_key = TextField(default="")
    priority = IntegerField(default=0)
    attempt = IntegerField(default=0)
    attempts = IntegerField()
    deaths = IntegerField(default=0)
    due = Instant()
    expires = Instant()
    boot = TextField(default="")
    lease = Instant(null=True)
    created = Instant()
    started = Instant(null=True)
    ended = Instant(null=True)
    progress = FloatField(default=0.0)
    step = TextField(default="")
    waiting = TextField(default="")
    cancelling = BooleanField(default=False)
    troubles = Typed(tuple[Trouble, ...])

    class Meta:
        table_name = "job"


class LaneRow(Row):
    name = TextField(unique=True)
    paused = BooleanField(default=False)
    why = TextField(default="")

    class Meta:
        table_name = "lane"


class EventRow(Row):
    at = Instant()
    kind = TextField()
    owner = IntegerField(null=True)
    job = IntegerField(null=True)
    video = IntegerField(null=True)
    clip = IntegerField(null=True)
    body = Typed(dict[str, Any])

    class Meta:
        table_name = "event"


class RuleRow(Row):
    name = TextField(unique=True)
    cron = TextField()
    zone = TextField()
    action = TextField()
    missed = TextField()
    enabled = BooleanField(default=True)
    origin = TextField()
    since = Instant()
    last_run = Instant(null=True)
    last_result = TextField(default="")

    class Meta:
        table_name = "rule"


class TickRow(Row):
    rule = ForeignKeyField(RuleRow, on_delete="CASCADE")
    due = Instant()
    outcome = TextField()
    job = IntegerField(null=True)

    class Meta:
        table_name = "tick"


class ReplyRow(Row):
    """What a request with an idempotency key was answered, so that the same request is not carried out twice."""

    user = IntegerField()
    key = TextField()
    request = TextField()
    status = IntegerField()
    body = TextField()
    at = Instant()

    class Meta:
        table_name = "reply"


class NoteRow(Row):
    """Small facts about the box itself, such as the last boot."""

    name = TextField(unique=True)
    value = TextField()

    class Meta:
        table_name = "note"


TABLES: tuple[type[Row], ...] = (
    UserRow,
    KeyRow,
    SessionRow,
    ChannelRow,
    VideoRow,
    SeenRow,
    ClipRow,
    JobRow,
    LaneRow,
    EventRow,
    RuleRow,
    TickRow,
    ReplyRow,
    NoteRow,
)
