-- How asking the sources of alerts goes that can be asked what they know.
create table source_asks (
  integration_id text primary key references integrations (id),
  place text not null,                -- which address was asked; another one begins anew
  next_at integer not null default 0,
  answered_at integer,                -- when it last answered
  failing_since integer,              -- it does not since
  failures integer not null default 0,    -- how often in a row
  error text,                         -- what the last attempt ended with
  missing text not null default '[]'  -- JSON: ids of open alerts that its last answer did not have
) strict, without rowid;
