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
