-- Since when what lists are matched on (name, aliases, country, identifiers, products) is as it is. A version from before this column counts as new with each change.
ALTER TABLE supplier_version ADD COLUMN identity_since INTEGER NOT NULL DEFAULT 0;
UPDATE supplier_version SET identity_since = valid_from;
