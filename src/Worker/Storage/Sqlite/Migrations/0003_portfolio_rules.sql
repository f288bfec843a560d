-- Suppliers from before the column have no region.
UPDATE supplier_version SET content = CAST(json_set(CAST(content AS TEXT), '$.Region', '') AS BLOB);

-- What each supplier brings to the groups of rules over groups, as of its last evaluation.
CREATE TABLE group_member (
    supplier    TEXT    NOT NULL,
    rule        TEXT    NOT NULL,
    group_key   TEXT    NOT NULL,
    key_missing TEXT    NOT NULL,
    tier        INTEGER NOT NULL,
    spend       REAL,                -- NULL: not known
    currency    TEXT    NOT NULL,
    missing     TEXT    NOT NULL,
    reading_at  INTEGER,
    PRIMARY KEY (supplier, rule)
) WITHOUT ROWID;
CREATE INDEX group_member_rule ON group_member (rule);

-- Suppliers for which a rule ended in an error at their last evaluation.
CREATE TABLE rule_error (
    supplier TEXT NOT NULL,
    rule     TEXT NOT NULL,
    error    TEXT NOT NULL,
    PRIMARY KEY (supplier, rule)
) WITHOUT ROWID;
CREATE INDEX rule_error_rule ON rule_error (rule, supplier);

-- What is remembered of a rule as a whole, and whether that is to be looked at again.
CREATE TABLE portfolio_rule (
    rule        TEXT    NOT NULL PRIMARY KEY,
    touched     INTEGER NOT NULL DEFAULT 0,
    next_due_at INTEGER,
    state       BLOB
);
