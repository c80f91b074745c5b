-- The tables of ../sqlite, word for word but for the types; a test holds them together.
-- Text that no person reads in order compares by its bytes.
-- Instants are microseconds since 1970 UTC, flags 0 or 1, ids hyphenated UUID text.

create table settings (
  key text collate "C" primary key,
  value text collate "C" not null,                -- JSON
  version bigint not null
);

-- One row. Every writer of incidents locks it first: positions are given out in
-- commit order, so a reader of the feed can never miss a slow transaction.
create table log_head (
  id bigint primary key check (id = 1),
  position bigint not null,          -- seq of the last event
  hash bytea not null,                 -- chain hash of the last event
  next_incident bigint not null,     -- number of the next incident
  config_version bigint not null     -- counts changes of configuration and people
);
insert into log_head values (1, 0, '', 1, 1);

create table organisations (
  id text collate "C" primary key,
  name text not null,
  email_domains text collate "C" not null default '[]',
  version bigint not null default 1
);
create unique index organisations_name on organisations (lower(name));

create table people (
  id text collate "C" primary key,
  email text,                         -- lower case; null for people known by name only
  name text not null,
  job_title text not null default '',
  phone text not null default '',
  site text not null default '',
  roles text collate "C" not null default '[]',   -- JSON array
  organisation_id text collate "C" references organisations (id),
  sees_organisation bigint not null default 0,
  vip bigint not null default 0,
  password_hash text collate "C",                 -- null: cannot sign in with a password
  time_zone text collate "C" not null default '',  -- empty: the instance's
  theme text collate "C" not null default '',      -- empty: the system's
  single_keys bigint not null default 1,
  active bigint not null default 1,
  created_at bigint not null,
  version bigint not null default 1
);
create unique index people_email on people (email);
create index people_name on people (lower(name));
create index people_staff on people (roles) where roles <> '[]';

create table teams (
  id text collate "C" primary key,
  name text not null,
  description text not null default '',
  active bigint not null default 1,
  version bigint not null default 1
);
create unique index teams_name on teams (lower(name));

create table team_members (
  team_id text collate "C" not null references teams (id),
  person_id text collate "C" not null references people (id),
  primary key (team_id, person_id)
);
create index team_members_person on team_members (person_id);

create table services (
  id text collate "C" primary key,
  name text not null,
  description text not null default '',
  team_id text collate "C" references teams (id),
  criticality bigint not null default 3,
  active bigint not null default 1,
  version bigint not null default 1
);
create unique index services_name on services (lower(name));

create table service_dependencies (
  service_id text collate "C" not null references services (id),
  depends_on text collate "C" not null references services (id),
  primary key (service_id, depends_on)
);

create table categories (
  id text collate "C" primary key,
  name text not null,
  parent_id text collate "C" references categories (id) deferrable,
  active bigint not null default 1,
  version bigint not null default 1
);
create unique index categories_name on categories (coalesce(parent_id, ''), lower(name));

create table agreements (
  id text collate "C" not null,
  version bigint not null,
  body text collate "C" not null,                 -- JSON
  since bigint not null,             -- in force from
  primary key (id, version)
);

create table incidents (
  number bigint primary key,
  version bigint not null,           -- number of events; guard of optimistic concurrency
  title text not null,
  state text collate "C" not null,
  hold_reason text collate "C",
  held_since bigint,
  resumes_at bigint,
  priority bigint not null,
  impact bigint not null,
  urgency bigint not null,
  service_id text collate "C",
  category_id text collate "C",
  team_id text collate "C",
  assignee_id text collate "C",
  requester_id text collate "C" not null,
  organisation_id text collate "C",
  channel text collate "C" not null,
  major bigint not null,
  confidential_to text collate "C",
  merged_into bigint,
  parent bigint,
  reported_at bigint not null,
  updated_at bigint not null,
  acknowledged_at bigint,
  responded_at bigint,
  resolved_at bigint,
  closed_at bigint,
  due_at bigint,                     -- earliest due instant of a running, unbreached clock
  due_kind text collate "C",                      -- that clock's kind
  breached bigint not null,          -- 1 if a live clock is breached
  reopenings bigint not null,
  unanswered_since bigint,
  wake_at bigint,                    -- earliest timer
  body text collate "C" not null                  -- the whole state, JSON
);
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
  number bigint not null references incidents (number),
  tag text not null,
  primary key (tag, number)
);
create index incident_tags_tag on incident_tags (lower(tag), number);
create index incident_tags_number on incident_tags (number);

create table incident_watchers (
  number bigint not null references incidents (number),
  person_id text collate "C" not null,
  primary key (person_id, number)
);
create index incident_watchers_number on incident_watchers (number);

create table incident_fields (
  number bigint not null references incidents (number),
  name text not null,
  value text not null,
  primary key (name, number)
);
create index incident_fields_name on incident_fields (lower(name), number);
create index incident_fields_number on incident_fields (number);

create table events (
  seq bigint primary key,
  number bigint not null,
  n bigint not null,
  kind text collate "C" not null,
  version bigint not null,
  at bigint not null,
  happened_at bigint not null,
  actor_kind text collate "C" not null,
  actor_id text collate "C" not null,
  actor_name text not null,
  channel text collate "C" not null,
  cause text collate "C" not null,                -- JSON
  batch text collate "C",
  data text collate "C" not null,                 -- JSON, exactly as hashed
  public bigint not null,            -- 1: the requester may see this entry
  hash bytea not null                  -- sha256 over the previous hash, this row and the digests of its contents
);
create unique index events_place on events (number, n);

create table contents (
  place bigint generated by default as identity primary key,          -- names its row in contents_words; spelled out, so that it survives a vacuum
  id text collate "C" not null unique,
  number bigint not null,
  seq bigint not null,               -- the event that brought it
  public bigint not null,
  salt bytea not null,                 -- emptied on erasure, so that the digest cannot be guessed back
  digest bytea not null,               -- sha256 of salt and body
  body text collate "C" not null,
  erased_at bigint
);
create index contents_number on contents (number);
create index contents_seq on contents (seq);

create table contents_words (
  place bigint primary key,
  words tsvector not null             -- made by the product, so that no locale has a say
);
create index contents_words_words on contents_words using gin (words);

create table attachments (
  id text collate "C" primary key,
  number bigint not null,
  name_content text collate "C" not null,         -- content id of the file name
  hash text collate "C" not null,                 -- sha256 of the bytes: the name in the file store
  size_bytes bigint not null,
  media_type text collate "C" not null,
  public bigint not null,
  created_at bigint not null
);
create index attachments_number on attachments (number);
create index attachments_hash on attachments (hash);

create table outbox (
  id bigint generated by default as identity primary key,
  number bigint not null,
  n bigint not null,
  word text collate "C" not null,
  audience text collate "C" not null,             -- JSON
  not_before bigint not null,
  state text collate "C" not null default 'waiting',  -- waiting, sent, failed, expired
  created_at bigint not null
);
create index outbox_waiting on outbox (not_before) where state = 'waiting';

create table sessions (
  secret_hash bytea primary key,
  person_id text collate "C" not null references people (id),
  created_at bigint not null,
  seen_at bigint not null,
  expires_at bigint not null,
  agent text collate "C" not null default ''      -- the browser as it called itself
);
create index sessions_person on sessions (person_id);

create table tokens (
  id text collate "C" primary key,
  secret_hash bytea not null unique,
  person_id text collate "C" not null references people (id),
  name text not null,
  scope text collate "C" not null,
  created_at bigint not null,
  expires_at bigint,
  used_at bigint
);
create index tokens_person on tokens (person_id);

create table views (
  id text collate "C" primary key,
  owner_id text collate "C" not null references people (id),
  name text not null,
  query text collate "C" not null,
  shared bigint not null default 0,
  place bigint not null default 0,
  version bigint not null default 1
);
create index views_owner on views (owner_id);

create table drafts (
  person_id text collate "C" not null references people (id),
  number bigint not null,
  mode text collate "C" not null,                 -- reply, note, update
  body text collate "C" not null,
  updated_at bigint not null,
  primary key (person_id, number, mode)
);

create table audit (
  id bigint generated by default as identity primary key,
  at bigint not null,
  actor_id text collate "C" not null,
  actor_name text not null,
  what text collate "C" not null,                 -- created, changed, deleted, signed_in, …
  subject text collate "C" not null,              -- team, person, service, …
  subject_id text collate "C" not null,
  before text collate "C",                        -- JSON
  after text collate "C"                          -- JSON
);

create table idempotency (
  person_id text collate "C" not null,
  key text collate "C" not null,
  request_hash bytea not null,
  status bigint not null,
  body text collate "C" not null,
  created_at bigint not null,
  primary key (person_id, key)
);
create index idempotency_age on idempotency (created_at);

create table import_refs (
  source text collate "C" not null,               -- servicenow-audit
  foreign_id text collate "C" not null,
  number bigint not null,
  rows_done bigint not null,
  primary key (source, foreign_id)
);
