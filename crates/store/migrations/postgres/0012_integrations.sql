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

-- What integrations sign in elsewhere with: never shown, never in the audit.
create table integration_secrets (
  integration_id text collate "C" primary key references integrations (id),
  secrets text collate "C" not null                -- JSON
);

-- How far a mailbox is fetched from elsewhere, and who does it.
create table mailbox_fetches (
  mailbox_id text collate "C" primary key references integrations (id),
  place text collate "C" not null,                 -- whose folder on which server: another one begins anew
  uid_validity bigint,
  old_uid bigint not null default 0,     -- up to here only what nobody had seen is taken
  last_uid bigint not null default 0,    -- up to here all is done
  fetched_at bigint,                     -- when it last went well
  error text,                            -- why it did not since
  failures bigint not null default 0,
  refused bigint not null default 0,     -- messages that were left where they are
  next_at bigint not null default 0,     -- not tried before
  taken_by text collate "C",                       -- the node that fetches
  taken_until bigint
);
