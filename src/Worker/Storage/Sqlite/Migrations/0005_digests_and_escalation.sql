-- What waits for somebody's next digest or table. Recipients compare without case.
CREATE TABLE digest_item (
    channel       TEXT    NOT NULL,
    recipient     TEXT    NOT NULL COLLATE NOCASE,
    episode       TEXT    NOT NULL,
    receiver      TEXT    NOT NULL,
    channel_index INTEGER NOT NULL,
    cause         TEXT    NOT NULL,
    why           TEXT    NOT NULL,
    fresh         INTEGER NOT NULL,
    held_at       INTEGER NOT NULL,
    due_at        INTEGER NOT NULL,
    delivery      TEXT,              -- NULL until it was told
    PRIMARY KEY (channel, recipient, episode)
) WITHOUT ROWID;
CREATE INDEX digest_item_due ON digest_item (due_at);
CREATE INDEX digest_item_delivery ON digest_item (delivery) WHERE delivery IS NOT NULL;

-- How many messages somebody had lately.
CREATE INDEX delivery_recipient ON delivery (channel, recipient COLLATE NOCASE, created_at);

-- Alerts that were told and that nobody has acknowledged.
CREATE TABLE escalation (
    episode TEXT    NOT NULL PRIMARY KEY,
    told_at INTEGER NOT NULL,
    step    INTEGER NOT NULL,
    next_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX escalation_next ON escalation (next_at);
