-- Who is on call when.
create table schedules (
  id text primary key,
  name text not null,
  time_zone text not null,            -- for good: another one would move shifts of the past
  fallback text,                      -- JSON: whom to page where nobody is on call
  approval integer not null default 0,    -- 1: a manager approves swaps
  active integer not null default 1,
  version integer not null default 1
) strict, without rowid;
create unique index schedules_name on schedules (lower(name)) where active = 1;
-- Its layers through its changes: each in force from an instant until the next.
create table schedule_versions (
  schedule_id text not null references schedules (id),
  version integer not null,           -- of the schedule when it was saved
  since integer not null,             -- in force from
  layers text not null,               -- JSON
  made_by text,                       -- a person; null: at the command line
  made_at integer not null,
  primary key (schedule_id, version)
) strict, without rowid;
-- Somebody else on call for some time; a later one wins.
create table schedule_overrides (
  id text primary key,
  schedule_id text not null references schedules (id),
  person_id text not null references people (id),
  start_at integer not null,
  end_at integer not null,            -- earlier than it was said where it was ended early
  reason text not null,
  made_by text,
  made_at integer not null,
  swap_id text                        -- both sides agreed to it
) strict, without rowid;
create index schedule_overrides_schedule on schedule_overrides (schedule_id, end_at);
create index schedule_overrides_end on schedule_overrides (end_at);
-- A shift that is offered, and taken by somebody else.
create table shift_swaps (
  id text primary key,
  schedule_id text not null references schedules (id),
  offered_by text not null references people (id),
  asked_id text references people (id),   -- null: anybody may take it
  start_at integer not null,
  end_at integer not null,
  reason text not null,
  state text not null,                -- offered, taken, approved, declined, withdrawn
  taken_by text references people (id),
  decided_by text references people (id),
  made_at integer not null,
  changed_at integer not null
) strict, without rowid;
create index shift_swaps_schedule on shift_swaps (schedule_id, made_at);
-- Calendars elsewhere that read a schedule; only a hash of the secret in their address is kept.
create table schedule_feeds (
  id text primary key,
  schedule_id text not null references schedules (id),
  person_id text not null references people (id),
  own integer not null,               -- 1: only the shifts of that person
  secret_hash blob not null unique,
  made_at integer not null,
  published text                      -- JSON: what it said last, so that calendars learn what is gone
) strict, without rowid;
create index schedule_feeds_person on schedule_feeds (person_id);
-- Who is paged, in which order, after how long.
create table escalation_policies (
  id text primary key,
  name text not null,
  active integer not null default 1,
  body text not null,                 -- JSON: steps, repeats, fallback
  version integer not null default 1
) strict, without rowid;
create unique index escalation_policies_name on escalation_policies (lower(name)) where active = 1;
-- By which policy somebody is paged; the one of the service comes before the one of its team.
alter table services add column escalation_id text;
alter table teams add column escalation_id text;
