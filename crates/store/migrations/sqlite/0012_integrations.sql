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

-- What integrations sign in elsewhere with: never shown, never in the audit.
create table integration_secrets (
  integration_id text primary key references integrations (id),
  secrets text not null                -- JSON
) strict, without rowid;

-- How far a mailbox is fetched from elsewhere, and who does it.
create table mailbox_fetches (
  mailbox_id text primary key references integrations (id),
  place text not null,                 -- whose folder on which server: another one begins anew
  uid_validity integer,
  old_uid integer not null default 0,     -- up to here only what nobody had seen is taken
  last_uid integer not null default 0,    -- up to here all is done
  fetched_at integer,                     -- when it last went well
  error text,                            -- why it did not since
  failures integer not null default 0,
  refused integer not null default 0,     -- messages that were left where they are
  next_at integer not null default 0,     -- not tried before
  taken_by text,                       -- the node that fetches
  taken_until integer
) strict, without rowid;
