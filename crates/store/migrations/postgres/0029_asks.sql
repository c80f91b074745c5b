-- How asking the sources of alerts goes that can be asked what they know.
create table source_asks (
  integration_id text collate "C" primary key,
  place text collate "C" not null,                -- which address was asked; another one begins anew
  next_at bigint not null default 0,
  answered_at bigint,                -- when it last answered
  failing_since bigint,              -- it does not since
  failures bigint not null default 0,    -- how often in a row
  whole bigint not null default 0,   -- its last answer had no alert that is not ours
  error text collate "C",                         -- what the last attempt ended with
  missing text collate "C" not null default '[]'  -- JSON: ids of open alerts that its last answer did not have
);
