-- Alerts: each from the first time that its source told of it until it was over. Rows are lean,
-- because the same alert is told of over and over: what is read by people stands aside.
create table alerts (
  id text primary key,
  integration_id text not null,
  key text not null,                  -- by which its source knows it
  state text not null,                -- firing, acknowledged, resolved
  severity text not null,             -- critical, error, warning, info
  service_id text,
  group_key text not null,
  number integer,                     -- the incident; none while it is recorded only
  count integer not null,             -- how often it was told of
  first_at integer not null,
  last_at integer not null,
  started_at integer,                 -- by its source's clock
  ends_at integer,                    -- over then, unless it is told of again
  ended_at integer,
  muted text,                         -- maintenance, upstream, snoozed
  muted_until integer,                -- looked at again then
  changes text not null default '',   -- when it last began and ended
  flapping_until integer,
  check_at integer,                   -- looked at then; not later than there is reason to
  digest integer not null             -- of its words
) strict, without rowid;
create unique index alerts_open on alerts (integration_id, key) where ended_at is null;
create index alerts_ended on alerts (integration_id, key, ended_at) where ended_at is not null;
create index alerts_group on alerts (integration_id, group_key) where ended_at is null;
create index alerts_incident on alerts (number, id) where number is not null;
create index alerts_check on alerts (check_at, id) where check_at is not null;

-- What an alert says to people.
create table alert_details (
  alert_id text primary key,
  title text not null,
  body text not null,
  labels text not null,               -- JSON: names and values
  links text not null,                -- JSON: places to read on
  responders text not null            -- JSON: whom its source wants told
) strict, without rowid;

-- The alerts of one incident, counted, and what further ones have to have in common with them.
create table alert_groups (
  number integer primary key,
  integration_id text not null,
  key text not null,
  storm integer not null default 0,   -- takes all that is new while it is too much
  open integer not null default 1,    -- whether further ones may join
  opened_at integer not null,
  last_at integer not null,           -- when one last joined
  critical integer not null,          -- how many are firing
  error integer not null,
  warning integer not null,
  info integer not null,
  total integer not null,
  silent integer not null,            -- how many of those that are firing page nobody
  muted text,                         -- why
  flapping_until integer,
  truncated integer not null default 0,   -- its source left some out
  unclear_since integer,              -- its source says that it is over while some may be firing
  told_at integer not null,           -- when the incident was last told
  untold integer not null default 0,
  check_at integer
) strict;
create unique index alert_groups_open on alert_groups (integration_id, key) where open = 1;
create index alert_groups_new on alert_groups (integration_id, opened_at);
create index alert_groups_check on alert_groups (check_at, number) where check_at is not null;

-- Bodies as they came, where they brought something new or could not be understood.
create table alert_payloads (
  id integer primary key,
  integration_id text not null,
  received_at integer not null,
  door text not null,                 -- the kind of door it came through
  content_type text not null,
  outcome text not null,              -- new, failed, not_understood, waits, too_large
  note text not null default '',      -- what had to be guessed, or why it failed
  bytes blob not null
) strict;
create index alert_payloads_of on alert_payloads (integration_id, id);
create index alert_payloads_old on alert_payloads (received_at);

-- Windows in which alerts are recorded and page nobody.
create table maintenances (
  id text primary key,
  name text not null,
  starts_at integer not null,
  ends_at integer,
  recurrence text,                    -- JSON: zone, days, from, until
  matcher text not null,              -- JSON: services, integrations, labels
  created_by text not null,
  cancelled integer not null default 0,
  version integer not null default 1
) strict, without rowid;

-- Signs of life, and when the next has to come.
create table heartbeats (
  integration_id text not null,
  name text not null,
  every_seconds integer not null,
  last_at integer not null,
  due_at integer,                     -- none while its silence is told
  primary key (integration_id, name)
) strict, without rowid;
create index heartbeats_due on heartbeats (due_at) where due_at is not null;

-- As whom an integration reports, once it did.
alter table integrations add column person_id text references people (id);
