-- Every attempt at a delivery: when, and how it ended.
CREATE TABLE delivery_attempt (
    delivery TEXT    NOT NULL REFERENCES delivery (id),
    number   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    outcome  TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    PRIMARY KEY (delivery, number)
) WITHOUT ROWID;

-- What waits for one recipient of one group, oldest first: it goes out in that order.
CREATE INDEX delivery_waiting ON delivery (group_key, recipient, created_at) WHERE state = 'Pending';

-- Alerts are counted by the time they began.
CREATE INDEX alert_starts ON alert (starts_at);
