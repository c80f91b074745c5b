-- Who is on call when.
create table schedules (
  id text collate "C" primary key,
  name text not null,
  time_zone text collate "C" not null,            -- for good: another one would move shifts of the past
  fallback text collate "C",                      -- JSON: whom to page where nobody is on call
  approval bigint not null default 0,    -- 1: a manager approves swaps
  active bigint not null default 1,
  version bigint not null default 1
);
create unique index schedules_name on schedules (lower(name)) where active = 1;
-- Its layers through its changes: each in force from an instant until the next.
create table schedule_versions (
  schedule_id text collate "C" not null references schedules (id),
  version bigint not null,           -- of the schedule when it was saved
  since bigint not null,             -- in force from
  layers text collate "C" not null,               -- JSON
  made_by text collate "C",                       -- a person; null: at the command line
  made_at bigint not null,
  primary key (schedule_id, version)
);
-- Somebody else on call for some time; a later one wins.
create table schedule_overrides (
  id text collate "C" primary key,
  schedule_id text collate "C" not null references schedules (id),
  person_id text collate "C" not null references people (id),
  start_at bigint not null,
  end_at bigint not null,            -- earlier than it was said where it was ended early
  reason text collate "C" not null,
  made_by text collate "C",
  made_at bigint not null,
  swap_id text collate "C"                        -- both sides agreed to it
);
create index schedule_overrides_schedule on schedule_overrides (schedule_id, end_at);
create index schedule_overrides_end on schedule_overrides (end_at);
-- A shift that is offered, and taken by somebody else.
create table shift_swaps (
  id text collate "C" primary key,
  schedule_id text collate "C" not null references schedules (id),
  offered_by text collate "C" not null references people (id),
  asked_id text collate "C" references people (id),   -- null: anybody may take it
  start_at bigint not null,
  end_at bigint not null,
  reason text collate "C" not null,
  state text collate "C" not null,                -- offered, taken, approved, declined, withdrawn
  taken_by text collate "C" references people (id),
  decided_by text collate "C" references people (id),
  made_at bigint not null,
  changed_at bigint not null
);
create index shift_swaps_schedule on shift_swaps (schedule_id, made_at);
-- Calendars elsewhere that read a schedule; only a hash of the secret in their address is kept.
create table schedule_feeds (
  id text collate "C" primary key,
  schedule_id text collate "C" not null references schedules (id),
  person_id text collate "C" not null references people (id),
  own bigint not null,               -- 1: only the shifts of that person
  secret_hash bytea not null unique,
  made_at bigint not null,
  published text collate "C"                      -- JSON: what it said last, so that calendars learn what is gone
);
create index schedule_feeds_person on schedule_feeds (person_id);
-- Who is paged, in which order, after how long.
create table escalation_policies (
  id text collate "C" primary key,
  name text not null,
  active bigint not null default 1,
  body text collate "C" not null,                 -- JSON: steps, repeats, fallback
  version bigint not null default 1
);
create unique index escalation_policies_name on escalation_policies (lower(name)) where active = 1;
-- By which policy somebody is paged; the one of the service comes before the one of its team.
alter table services add column escalation_id text collate "C";
alter table teams add column escalation_id text collate "C";
