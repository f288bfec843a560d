-- Instants are UTC ticks (INTEGER). Documents are UTF-8 JSON (BLOB). Tables named QRTZ_* in the same file belong to Quartz.

CREATE TABLE supplier_version (
    supplier   TEXT    NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER,             -- NULL while in force; the last version's end is the retirement
    content    BLOB    NOT NULL,
    PRIMARY KEY (supplier, valid_from)
);
CREATE UNIQUE INDEX supplier_in_force ON supplier_version (supplier) WHERE valid_to IS NULL;

-- One row for each supplier ever known: what evaluation remembers, and whether it is due.
CREATE TABLE evaluation (
    supplier     TEXT    NOT NULL PRIMARY KEY,
    touched      INTEGER NOT NULL DEFAULT 0,
    next_due_at  INTEGER,
    state        BLOB,
    latest_as_of INTEGER,
    latest_hash  BLOB
);
CREATE INDEX evaluation_touched ON evaluation (supplier) WHERE touched = 1;
CREATE INDEX evaluation_next_due ON evaluation (next_due_at) WHERE next_due_at IS NOT NULL;

-- content is the assessment without its instant and its next due instant, which are columns; content_hash is over content.
CREATE TABLE assessment (
    id           INTEGER PRIMARY KEY,
    supplier     TEXT    NOT NULL,
    as_of        INTEGER NOT NULL,
    next_due_at  INTEGER,
    score        TEXT    NOT NULL,
    band         TEXT    NOT NULL,
    content_hash BLOB    NOT NULL,
    content      BLOB    NOT NULL
);
CREATE UNIQUE INDEX assessment_supplier ON assessment (supplier, as_of);

-- Revisions. In force at T: observed_at <= T and (superseded_at is null or superseded_at > T).
CREATE TABLE signal (
    supplier      TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    kind          INTEGER NOT NULL, -- 0 metric, 1 fact, 2 event
    name          TEXT    NOT NULL,
    key           TEXT    NOT NULL,
    observed_at   INTEGER NOT NULL,
    superseded_at INTEGER,
    withdrawn     INTEGER NOT NULL,
    occurred_at   INTEGER NOT NULL,
    content_hash  BLOB    NOT NULL,
    number        REAL,             -- metric: value (NULL: not a number); event: amount
    whole         INTEGER,          -- fact: type; event: severity
    text          TEXT,             -- fact: value; event: title
    type          TEXT,             -- this and the following three: events only
    stage         TEXT,
    story         TEXT,
    due_at        INTEGER,
    url           TEXT    NOT NULL,
    excerpt       TEXT    NOT NULL,
    document      NOT NULL,         -- sha256: 32 bytes, or '' when there is none
    fetched_at    INTEGER NOT NULL,
    snapshot      NOT NULL,
    PRIMARY KEY (supplier, source, kind, name, key, observed_at)
) WITHOUT ROWID;
CREATE INDEX signal_in_force ON signal (source) WHERE superseded_at IS NULL AND withdrawn = 0;

CREATE TABLE source_state (
    source            TEXT    NOT NULL PRIMARY KEY,
    last_attempt_at   INTEGER,
    last_success_at   INTEGER,
    last_failure      TEXT,
    last_failure_kind TEXT,
    failures          INTEGER NOT NULL DEFAULT 0,
    next_due_at       INTEGER,
    checkpoint        TEXT
);

CREATE TABLE source_run (
    id                    INTEGER PRIMARY KEY,
    source                TEXT    NOT NULL,
    started_at            INTEGER NOT NULL,
    ended_at              INTEGER NOT NULL,
    succeeded             INTEGER NOT NULL,
    failure               TEXT    NOT NULL,
    records_read          INTEGER NOT NULL,
    records_rejected      INTEGER NOT NULL,
    signals_added         INTEGER NOT NULL,
    signals_revised       INTEGER NOT NULL,
    signals_withdrawn     INTEGER NOT NULL,
    suppliers_checked     INTEGER NOT NULL,
    suppliers_failed      INTEGER NOT NULL,
    rejected_reasons_json TEXT    NOT NULL
);
CREATE INDEX source_run_source ON source_run (source, started_at);

-- supplier is '' for a check of the whole portfolio.
CREATE TABLE source_check (
    supplier TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (supplier, source, at)
) WITHOUT ROWID;

CREATE TABLE snapshot (
    id            INTEGER PRIMARY KEY,
    source        TEXT    NOT NULL,
    part          TEXT    NOT NULL,
    url           TEXT    NOT NULL,
    sha256        TEXT    NOT NULL,
    file          TEXT    NOT NULL,
    bytes         INTEGER NOT NULL,
    row_count     INTEGER NOT NULL,
    published_at  INTEGER,
    fetched_at    INTEGER NOT NULL,
    etag          TEXT    NOT NULL,
    last_modified TEXT    NOT NULL,
    accepted_at   INTEGER NOT NULL
);
CREATE INDEX snapshot_part ON snapshot (source, part, id);

CREATE TABLE alert (
    episode     TEXT    NOT NULL PRIMARY KEY,
    starts_at   INTEGER NOT NULL,
    resolved_at INTEGER,
    content     BLOB    NOT NULL
);
CREATE INDEX alert_firing ON alert (starts_at) WHERE resolved_at IS NULL;

-- Faults of the monitor itself are looked up by what they are about.
CREATE INDEX alert_firing_rule ON alert (json_extract(CAST(content AS TEXT), '$.Rule'), json_extract(CAST(content AS TEXT), '$.Key')) WHERE resolved_at IS NULL;

CREATE TABLE alert_transition (
    id      INTEGER PRIMARY KEY,
    episode TEXT    NOT NULL REFERENCES alert (episode),
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    content BLOB    NOT NULL
);
CREATE INDEX alert_transition_episode ON alert_transition (episode, id);

CREATE TABLE alert_group (
    group_key     TEXT    NOT NULL PRIMARY KEY,
    next_flush_at INTEGER,
    content       BLOB    NOT NULL
);
CREATE INDEX alert_group_next_flush ON alert_group (next_flush_at) WHERE next_flush_at IS NOT NULL;

CREATE TABLE alert_group_member (
    group_key TEXT NOT NULL REFERENCES alert_group (group_key) ON DELETE CASCADE,
    episode   TEXT NOT NULL REFERENCES alert (episode),
    PRIMARY KEY (group_key, episode)
) WITHOUT ROWID;
CREATE INDEX alert_group_member_episode ON alert_group_member (episode);

CREATE TABLE delivery (
    id              TEXT    NOT NULL PRIMARY KEY,
    notification    TEXT    NOT NULL,
    group_key       TEXT    NOT NULL,
    receiver        TEXT    NOT NULL,
    channel         TEXT    NOT NULL,
    channel_index   INTEGER NOT NULL,
    recipient       TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    state           TEXT    NOT NULL,
    attempts        INTEGER NOT NULL,
    next_attempt_at INTEGER,
    ended_at        INTEGER,
    last_error      TEXT    NOT NULL,
    proof           TEXT    NOT NULL,
    episodes        TEXT    NOT NULL,
    body            BLOB    NOT NULL
);
CREATE INDEX delivery_state ON delivery (state, created_at);
CREATE INDEX delivery_created ON delivery (created_at);

CREATE TABLE ledger (
    sequence      INTEGER PRIMARY KEY,
    at            INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    content       TEXT    NOT NULL,
    previous_hash TEXT    NOT NULL,
    hash          TEXT    NOT NULL
);

-- What the last append left, so that a cut tail is noticed.
CREATE TABLE ledger_head (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    entries INTEGER NOT NULL,
    hash    TEXT    NOT NULL
);

-- The rule sets that assessments were made with; the last row is in force.
CREATE TABLE rule_set (
    id         INTEGER PRIMARY KEY,
    adopted_at INTEGER NOT NULL,
    identity   TEXT    NOT NULL
);
