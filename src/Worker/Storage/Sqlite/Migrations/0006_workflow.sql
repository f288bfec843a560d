-- What people did about an episode, as it stands now.
CREATE TABLE alert_workflow (
    episode       TEXT    NOT NULL PRIMARY KEY,
    snoozed_until INTEGER,           -- NULL: not snoozed
    content       BLOB    NOT NULL
) WITHOUT ROWID;
CREATE INDEX alert_workflow_snoozed ON alert_workflow (snoozed_until) WHERE snoozed_until IS NOT NULL;

-- Every act, in the order of the acts.
CREATE TABLE alert_act (
    sequence INTEGER NOT NULL PRIMARY KEY,
    episode  TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    content  BLOB    NOT NULL
);
CREATE INDEX alert_act_episode ON alert_act (episode, sequence);

-- Waivers and false positives: what closes an alert though its rule holds.
CREATE TABLE acceptance (
    id       TEXT    NOT NULL PRIMARY KEY,
    supplier TEXT    NOT NULL,
    until    INTEGER,                -- NULL: as long as the evidence is the same
    ended_at INTEGER,                -- NULL: in force
    why      TEXT    NOT NULL DEFAULT '',
    content  BLOB    NOT NULL
) WITHOUT ROWID;
CREATE INDEX acceptance_in_force ON acceptance (supplier) WHERE ended_at IS NULL;
CREATE INDEX acceptance_until ON acceptance (until) WHERE ended_at IS NULL;

-- Links from mails that were used; a link works once.
CREATE TABLE used_link (
    id         TEXT    NOT NULL PRIMARY KEY,
    used_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    done       TEXT    NOT NULL
) WITHOUT ROWID;
