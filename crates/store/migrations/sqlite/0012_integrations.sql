-- Integrations: mailboxes and other programs that bring something in.
create table integrations (
  id text primary key,
  name text not null,
  kind text not null,                  -- email
  key text not null,                   -- 32 hex digits
  service_id text references services (id),
  team_id text references teams (id),
  addresses text not null default '[]',   -- JSON: to which one writes
  settings text not null default '{}',    -- JSON: what belongs to its kind
  active integer not null default 1,
  archived integer not null default 0,        -- deleted: kept for what came through it
  last_seen_at integer,                       -- when something last came, to the second
  version integer not null default 1
) strict, without rowid;
-- What was deleted lends its name to others.
create unique index integrations_name on integrations (lower(name)) where archived = 0;
create unique index integrations_key on integrations (key);
