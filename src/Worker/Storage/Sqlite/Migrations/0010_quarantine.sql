-- Files that were refused, and what people decided about them. The files are in the snapshot folder for 30 days.
CREATE TABLE quarantine (
    source        TEXT    NOT NULL,
    part          TEXT    NOT NULL,
    sha256        TEXT    NOT NULL,
    url           TEXT    NOT NULL,
    file          TEXT    NOT NULL,
    bytes         INTEGER NOT NULL,
    etag          TEXT    NOT NULL,
    last_modified TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    problem       TEXT    NOT NULL,
    first_at      INTEGER NOT NULL,
    last_at       INTEGER NOT NULL,
    released_by   TEXT,
    reason        TEXT,
    released_at   INTEGER,
    PRIMARY KEY (source, part, sha256)
) WITHOUT ROWID;

-- Fields that were not as the source's format says, with the number of records: {"Unknown name": 12}.
ALTER TABLE source_run ADD COLUMN drift_json TEXT NOT NULL DEFAULT '{}';
