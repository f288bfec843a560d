-- The list of each source that the portfolio was last screened against: what the next screen is compared with, and what single names are screened against. Replaced with each version.
CREATE TABLE screening_list (
    source       TEXT    NOT NULL PRIMARY KEY,
    at           INTEGER NOT NULL,
    published_at INTEGER,
    sha256       TEXT    NOT NULL,  -- of the entries as they are stored
    matcher      TEXT    NOT NULL,
    portfolio    INTEGER NOT NULL,  -- highest row number of supplier_version that was screened
    entries      BLOB    NOT NULL   -- JSON, compressed
);

-- One screen of the portfolio against a list version, or the attempt (failure is not ''). No hit is a pass without a match.
CREATE TABLE screening_pass (
    id           INTEGER PRIMARY KEY,
    source       TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    files        TEXT    NOT NULL,  -- the list's files with their sha256, JSON
    published_at INTEGER,
    matcher      TEXT    NOT NULL,
    portfolio    INTEGER NOT NULL,
    suppliers    INTEGER NOT NULL,
    entries      INTEGER NOT NULL,
    hits         INTEGER NOT NULL,
    possible     INTEGER NOT NULL,
    cleared      INTEGER NOT NULL,
    failure      TEXT    NOT NULL
);
CREATE INDEX screening_pass_source ON screening_pass (source, at);

-- A supplier that was found like a listed party, from when to when, and what that came to. Never changed but for its end.
CREATE TABLE screening_match (
    id       INTEGER PRIMARY KEY,
    supplier TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    entry    TEXT    NOT NULL,
    since    INTEGER NOT NULL,
    until    INTEGER,               -- NULL while it is so
    ended    TEXT    NOT NULL,
    result   INTEGER NOT NULL,      -- 0 possible, 1 hit, 2 cleared
    decision TEXT,                  -- the decision that it rests on
    content  BLOB    NOT NULL
);
CREATE INDEX screening_match_supplier ON screening_match (supplier, since);
CREATE INDEX screening_match_standing ON screening_match (source) WHERE until IS NULL;

CREATE TABLE match_decision (
    id         TEXT    NOT NULL PRIMARY KEY,
    supplier   TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    entry      TEXT    NOT NULL,
    verdict    INTEGER NOT NULL,    -- 0 false positive, 1 confirmed
    decided_by TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    decided_at INTEGER NOT NULL,
    until      INTEGER,
    compared   BLOB    NOT NULL,    -- what was compared when it was decided, JSON
    ended_at   INTEGER,             -- NULL while it stands
    ended      TEXT    NOT NULL
);
CREATE UNIQUE INDEX match_decision_standing ON match_decision (supplier, source, entry) WHERE ended_at IS NULL;
CREATE INDEX match_decision_until ON match_decision (until) WHERE ended_at IS NULL AND until IS NOT NULL;
