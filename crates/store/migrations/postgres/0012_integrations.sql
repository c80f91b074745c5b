-- Integrations: mailboxes and other programs that bring something in.
create table integrations (
  id text collate "C" primary key,
  name text not null,
  kind text collate "C" not null,                  -- email
  key text collate "C" not null,                   -- 32 hex digits
  service_id text collate "C" references services (id),
  team_id text collate "C" references teams (id),
  addresses text collate "C" not null default '[]',   -- JSON: to which one writes
  settings text collate "C" not null default '{}',    -- JSON: what belongs to its kind
  active bigint not null default 1,
  archived bigint not null default 0,        -- deleted: kept for what came through it
  last_seen_at bigint,                       -- when something last came, to the second
  version bigint not null default 1
);
-- What was deleted lends its name to others.
create unique index integrations_name on integrations (lower(name)) where archived = 0;
create unique index integrations_key on integrations (key);
