-- What registers answered when they were asked for a supplier: asked again only once it is old, or the question changed.
CREATE TABLE register_answer (
    source   TEXT    NOT NULL,
    supplier TEXT    NOT NULL,
    question TEXT    NOT NULL,
    asked_at INTEGER NOT NULL,
    entities BLOB    NOT NULL,
    PRIMARY KEY (source, supplier)
) WITHOUT ROWID;

-- What people decided about the candidates: the last word for each. The ledger has every one.
CREATE TABLE identity_decision (
    supplier   TEXT    NOT NULL,
    scheme     TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    accepted   INTEGER NOT NULL,
    decided_by TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    decided_at INTEGER NOT NULL,
    PRIMARY KEY (supplier, scheme, value)
) WITHOUT ROWID;
