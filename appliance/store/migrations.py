"""How the database became what it is: a plain list, applied in order. A step that was released is never changed."""

from __future__ import annotations

from dataclasses import dataclass

_ENDED = "('completed', 'discarded', 'cancelled')"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: what it does in words, and its statements."""

    what: str
    statements: tuple[str, ...]


FIRST = Migration(
    "videos, clips, jobs, channels, rules, users and events",
    (
        """CREATE TABLE "user" (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
        password TEXT NOT NULL, added TEXT NOT NULL, disabled INTEGER NOT NULL, last_seen TEXT)""",
        """CREATE TABLE api_key (id INTEGER PRIMARY KEY AUTOINCREMENT,
        user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE, name TEXT NOT NULL, purpose TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE, begins TEXT NOT NULL, role TEXT NOT NULL, added TEXT NOT NULL, expires TEXT,
        last_used TEXT, revoked TEXT)""",
        """CREATE TABLE session (id INTEGER PRIMARY KEY AUTOINCREMENT,
        user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE, hash TEXT NOT NULL UNIQUE,
        added TEXT NOT NULL, last_used TEXT NOT NULL, expires TEXT NOT NULL, agent TEXT NOT NULL)""",
        """CREATE TABLE channel (id INTEGER PRIMARY KEY AUTOINCREMENT, owner_id INTEGER NOT NULL REFERENCES "user" (id),
        name TEXT NOT NULL, address TEXT NOT NULL, platform TEXT NOT NULL, origin TEXT NOT NULL, rules TEXT NOT NULL,
        added TEXT NOT NULL, paused INTEGER NOT NULL, gone TEXT, remembered TEXT NOT NULL, last_poll TEXT,
        last_good TEXT, next_poll TEXT, errors INTEGER NOT NULL, trouble TEXT, note TEXT NOT NULL)""",
        """CREATE TABLE video (id INTEGER PRIMARY KEY AUTOINCREMENT, owner_id INTEGER NOT NULL REFERENCES "user" (id),
        channel_id INTEGER REFERENCES channel (id) ON DELETE SET NULL, address TEXT NOT NULL, key TEXT NOT NULL,
        platform TEXT NOT NULL, state TEXT NOT NULL, title TEXT NOT NULL, content TEXT NOT NULL, seconds REAL,
        published TEXT, progress REAL NOT NULL, step TEXT NOT NULL, trouble TEXT, wishes TEXT NOT NULL,
        made TEXT NOT NULL, notes TEXT NOT NULL, added TEXT NOT NULL, changed TEXT NOT NULL, deleted TEXT)""",
        """CREATE TABLE seen (id INTEGER PRIMARY KEY AUTOINCREMENT,
        channel_id INTEGER NOT NULL REFERENCES channel (id) ON DELETE CASCADE, key TEXT NOT NULL, title TEXT NOT NULL,
        published TEXT, at TEXT NOT NULL, outcome TEXT NOT NULL,
        video_id INTEGER REFERENCES video (id) ON DELETE SET NULL)""",
        """CREATE TABLE clip (id INTEGER PRIMARY KEY AUTOINCREMENT,
        video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
        owner_id INTEGER NOT NULL REFERENCES "user" (id), state TEXT NOT NULL, place INTEGER NOT NULL,
        start REAL NOT NULL, "end" REAL NOT NULL, score REAL NOT NULL, title TEXT NOT NULL, moment TEXT NOT NULL,
        wishes TEXT NOT NULL, folder TEXT NOT NULL, made TEXT NOT NULL, trouble TEXT, notes TEXT NOT NULL,
        decided TEXT, decided_by TEXT NOT NULL, reasons TEXT NOT NULL, added TEXT NOT NULL, changed TEXT NOT NULL,
        deleted TEXT)""",
        """CREATE TABLE job (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, lane TEXT NOT NULL,
        state TEXT NOT NULL, video_id INTEGER REFERENCES video (id) ON DELETE CASCADE,
        clip_id INTEGER REFERENCES clip (id) ON DELETE CASCADE,
        channel_id INTEGER REFERENCES channel (id) ON DELETE CASCADE, owner INTEGER,
        argument TEXT NOT NULL, unique_key TEXT NOT NULL,
        priority INTEGER NOT NULL, attempt INTEGER NOT NULL, attempts INTEGER NOT NULL, deaths INTEGER NOT NULL,
        due TEXT NOT NULL, expires TEXT NOT NULL, boot TEXT NOT NULL, lease TEXT, created TEXT NOT NULL, started TEXT,
        ended TEXT, progress REAL NOT NULL, step TEXT NOT NULL, waiting TEXT NOT NULL, cancelling INTEGER NOT NULL,
        troubles TEXT NOT NULL)""",
        """CREATE TABLE lane (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, paused INTEGER NOT NULL,
        why TEXT NOT NULL)""",
        """CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL,
        owner INTEGER, job INTEGER, video INTEGER, clip INTEGER, body TEXT NOT NULL)""",
        """CREATE TABLE rule (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, cron TEXT NOT NULL,
        zone TEXT NOT NULL, action TEXT NOT NULL, missed TEXT NOT NULL, enabled INTEGER NOT NULL, origin TEXT NOT NULL,
        since TEXT NOT NULL, last_run TEXT, last_result TEXT NOT NULL)""",
        """CREATE TABLE tick (id INTEGER PRIMARY KEY AUTOINCREMENT,
        rule_id INTEGER NOT NULL REFERENCES rule (id) ON DELETE CASCADE, due TEXT NOT NULL, outcome TEXT NOT NULL,
        job INTEGER)""",
        """CREATE TABLE reply (id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL, key TEXT NOT NULL,
        request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL)""",
        """CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, value TEXT NOT NULL)""",
        "CREATE UNIQUE INDEX video_owner_key ON video (owner_id, key) WHERE deleted IS NULL",
        "CREATE INDEX video_state ON video (state)",
        "CREATE INDEX video_content ON video (content)",
        "CREATE UNIQUE INDEX seen_channel_key ON seen (channel_id, key)",
        "CREATE INDEX clip_video ON clip (video_id, place)",
        "CREATE INDEX clip_state ON clip (state)",
        f"CREATE UNIQUE INDEX job_unique ON job (unique_key) WHERE unique_key <> '' AND state NOT IN {_ENDED}",
        "CREATE INDEX job_lane ON job (lane, state, priority DESC, video_id, id)",
        "CREATE INDEX job_state_due ON job (state, due)",
        "CREATE INDEX job_video ON job (video_id)",
        "CREATE INDEX job_clip ON job (clip_id)",
        "CREATE INDEX job_channel ON job (channel_id)",
        "CREATE UNIQUE INDEX tick_rule_due ON tick (rule_id, due)",
        "CREATE UNIQUE INDEX reply_user_key ON reply (user, key)",
        "CREATE UNIQUE INDEX channel_address ON channel (address) WHERE gone IS NULL",
    ),
)

MIGRATIONS: tuple[Migration, ...] = (FIRST,)
