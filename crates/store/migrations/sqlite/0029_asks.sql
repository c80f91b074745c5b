-- How asking the sources of alerts goes that can be asked what they know.
create table source_asks (
  integration_id text primary key,
  place text not null,                -- which address was asked; another one begins anew
  next_at integer not null default 0,
  answered_at integer,                -- when it last answered
  failing_since integer,              -- it does not since
  failures integer not null default 0,    -- how often in a row
  whole integer not null default 0,   -- its last answer had no alert that is not ours
  error text,                         -- what the last attempt ended with
  missing text not null default '[]'  -- JSON: ids of open alerts that its last answer did not have
) strict, without rowid;
