-- Instants are microseconds since 1970 UTC, flags 0 or 1, ids hyphenated UUID text.

create table settings (
  key text primary key,
  value text not null,                -- JSON
  version integer not null
) strict, without rowid;

-- One row. Every writer of incidents locks it first: positions are given out in
-- commit order, so a reader of the feed can never miss a slow transaction.
create table log_head (
  id integer primary key check (id = 1),
  position integer not null,          -- seq of the last event
  hash blob not null,                 -- chain hash of the last event
  next_incident integer not null,     -- number of the next incident
  config_version integer not null     -- counts changes of configuration and people
) strict;
insert into log_head values (1, 0, x'', 1, 1);

create table organisations (
  id text primary key,
  name text not null,
  email_domains text not null default '[]',
  version integer not null default 1
) strict, without rowid;
create unique index organisations_name on organisations (lower(name));

create table people (
  id text primary key,
  email text,                         -- lower case; null for people known by name only
  name text not null,
  job_title text not null default '',
  phone text not null default '',
  site text not null default '',
  roles text not null default '[]',   -- JSON array
  organisation_id text references organisations (id),
  sees_organisation integer not null default 0,
  vip integer not null default 0,
  password_hash text,                 -- null: cannot sign in with a password
  time_zone text not null default '',  -- empty: the instance's
  theme text not null default '',      -- empty: the system's
  single_keys integer not null default 1,
  active integer not null default 1,
  created_at integer not null,
  version integer not null default 1
) strict, without rowid;
create unique index people_email on people (email);
create index people_name on people (lower(name));
create index people_staff on people (roles) where roles <> '[]';

create table teams (
  id text primary key,
  name text not null,
  description text not null default '',
  active integer not null default 1,
  version integer not null default 1
) strict, without rowid;
create unique index teams_name on teams (lower(name));

create table team_members (
  team_id text not null references teams (id),
  person_id text not null references people (id),
  primary key (team_id, person_id)
) strict, without rowid;
create index team_members_person on team_members (person_id);

create table services (
  id text primary key,
  name text not null,
  description text not null default '',
  team_id text references teams (id),
  criticality integer not null default 3,
  active integer not null default 1,
  version integer not null default 1
) strict, without rowid;
create unique index services_name on services (lower(name));

create table service_dependencies (
  service_id text not null references services (id),
  depends_on text not null references services (id),
  primary key (service_id, depends_on)
) strict, without rowid;

create table categories (
  id text primary key,
  name text not null,
  parent_id text references categories (id),
  active integer not null default 1,
  version integer not null default 1
) strict, without rowid;
create unique index categories_name on categories (coalesce(parent_id, ''), lower(name));

create table agreements (
  id text not null,
  version integer not null,
  body text not null,                 -- JSON
  since integer not null,             -- in force from
  primary key (id, version)
) strict, without rowid;

create table incidents (
  number integer primary key,
  version integer not null,           -- number of events; guard of optimistic concurrency
  title text not null,
  state text not null,
  hold_reason text,
  held_since integer,
  resumes_at integer,
  priority integer not null,
  impact integer not null,
  urgency integer not null,
  service_id text,
  category_id text,
  team_id text,
  assignee_id text,
  requester_id text not null,
  organisation_id text,
  channel text not null,
  major integer not null,
  confidential_to text,
  merged_into integer,
  parent integer,
  reported_at integer not null,
  updated_at integer not null,
  acknowledged_at integer,
  responded_at integer,
  resolved_at integer,
  closed_at integer,
  due_at integer,                     -- earliest due instant of a running, unbreached clock
  due_kind text,                      -- that clock's kind
  breached integer not null,          -- 1 if a live clock is breached
  reopenings integer not null,
  unanswered_since integer,
  wake_at integer,                    -- earliest timer
  body text not null                  -- the whole state, JSON
) strict;
-- Open incidents as queues show them: breached first, then by due instant. The
-- expressions here are those of the queries, word for word.
create index incidents_open on incidents (
  (case when breached = 1 then 0 else coalesce(due_at, 9223372036854775807) end), priority, number desc
) where state in ('new', 'in_progress', 'on_hold');
create index incidents_open_team on incidents (
  team_id, (case when breached = 1 then 0 else coalesce(due_at, 9223372036854775807) end), priority, number desc
) where state in ('new', 'in_progress', 'on_hold');
create index incidents_open_assignee on incidents (
  assignee_id, (case when breached = 1 then 0 else coalesce(due_at, 9223372036854775807) end), priority, number desc
) where state in ('new', 'in_progress', 'on_hold');
create index incidents_ended on incidents (state, updated_at, number) where state in ('resolved', 'cancelled');
create index incidents_closed on incidents (closed_at) where closed_at is not null;
create index incidents_reported on incidents (reported_at, number);
create index incidents_organisation on incidents (organisation_id, state) where organisation_id is not null;
create index incidents_team on incidents (team_id, state, updated_at);
create index incidents_assignee on incidents (assignee_id, state, updated_at);
create index incidents_requester on incidents (requester_id, number);
create index incidents_service on incidents (service_id, state, number);
create index incidents_updated on incidents (updated_at, number);
create index incidents_wake on incidents (wake_at) where wake_at is not null;
create index incidents_parent on incidents (parent) where parent is not null;
create index incidents_merged on incidents (merged_into) where merged_into is not null;

create table incident_tags (
  number integer not null references incidents (number),
  tag text not null,
  primary key (tag, number)
) strict, without rowid;
create index incident_tags_tag on incident_tags (lower(tag), number);
create index incident_tags_number on incident_tags (number);

create table incident_watchers (
  number integer not null references incidents (number),
  person_id text not null,
  primary key (person_id, number)
) strict, without rowid;
create index incident_watchers_number on incident_watchers (number);

create table incident_fields (
  number integer not null references incidents (number),
  name text not null,
  value text not null,
  primary key (name, number)
) strict, without rowid;
create index incident_fields_name on incident_fields (lower(name), number);
create index incident_fields_number on incident_fields (number);

create table events (
  seq integer primary key,
  number integer not null,
  n integer not null,
  kind text not null,
  version integer not null,
  at integer not null,
  happened_at integer not null,
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  channel text not null,
  cause text not null,                -- JSON
  batch text,
  data text not null,                 -- JSON, exactly as hashed
  public integer not null,            -- 1: the requester may see this entry
  hash blob not null                  -- sha256 over the previous hash, this row and the digests of its contents
) strict;
create unique index events_place on events (number, n);

create table contents (
  place integer primary key,          -- names its row in contents_words; spelled out, so that it survives a vacuum
  id text not null unique,
  number integer not null,
  seq integer not null,               -- the event that brought it
  public integer not null,
  salt blob not null,                 -- emptied on erasure, so that the digest cannot be guessed back
  digest blob not null,               -- sha256 of salt and body
  body text not null,
  erased_at integer
) strict;
create index contents_number on contents (number);
create index contents_seq on contents (seq);

create virtual table contents_words using fts5 (
  body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
);

create table attachments (
  id text primary key,
  number integer not null,
  name_content text not null,         -- content id of the file name
  hash text not null,                 -- sha256 of the bytes: the name in the file store
  size_bytes integer not null,
  media_type text not null,
  public integer not null,
  created_at integer not null
) strict, without rowid;
create index attachments_number on attachments (number);
create index attachments_hash on attachments (hash);

create table outbox (
  id integer primary key,
  number integer not null,
  n integer not null,
  word text not null,
  audience text not null,             -- JSON
  not_before integer not null,
  state text not null default 'waiting',  -- waiting, sent, failed, expired
  created_at integer not null
) strict;
create index outbox_waiting on outbox (not_before) where state = 'waiting';

create table sessions (
  secret_hash blob primary key,
  person_id text not null references people (id),
  created_at integer not null,
  seen_at integer not null,
  expires_at integer not null,
  agent text not null default ''      -- the browser as it called itself
) strict, without rowid;
create index sessions_person on sessions (person_id);

create table tokens (
  id text primary key,
  secret_hash blob not null unique,
  person_id text not null references people (id),
  name text not null,
  scope text not null,
  created_at integer not null,
  expires_at integer,
  used_at integer
) strict, without rowid;
create index tokens_person on tokens (person_id);

create table views (
  id text primary key,
  owner_id text not null references people (id),
  name text not null,
  query text not null,
  shared integer not null default 0,
  place integer not null default 0,
  version integer not null default 1
) strict, without rowid;
create index views_owner on views (owner_id);

create table drafts (
  person_id text not null references people (id),
  number integer not null,
  mode text not null,                 -- reply, note, update
  body text not null,
  updated_at integer not null,
  primary key (person_id, number, mode)
) strict, without rowid;

create table audit (
  id integer primary key,
  at integer not null,
  actor_id text not null,
  actor_name text not null,
  what text not null,                 -- created, changed, deleted, signed_in, …
  subject text not null,              -- team, person, service, …
  subject_id text not null,
  before text,                        -- JSON
  after text                          -- JSON
) strict;

create table idempotency (
  person_id text not null,
  key text not null,
  request_hash blob not null,
  status integer not null,
  body text not null,
  created_at integer not null,
  primary key (person_id, key)
) strict, without rowid;
create index idempotency_age on idempotency (created_at);

create table import_refs (
  source text not null,               -- servicenow-audit
  foreign_id text not null,
  number integer not null,
  rows_done integer not null,
  primary key (source, foreign_id)
) strict, without rowid;
