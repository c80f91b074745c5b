-- The status page. How it presents itself is the setting `status_page`.
create table status_logos (
  hash text primary key,              -- of its bytes, SHA-256 in hex
  media_type text not null,
  bytes blob not null,
  created_at integer not null
) strict;

-- Headings that components stand under.
create table component_groups (
  id text primary key,
  name text not null,
  description text not null default '',
  position integer not null,          -- from 1, without gaps after a move
  created_at integer not null,
  updated_at integer not null,
  version integer not null default 1
) strict;
create unique index component_groups_name on component_groups (lower(name));

-- What people use, as the outside knows it.
create table components (
  id text primary key,
  name text not null,
  description text not null default '',
  service_id text references services (id),        -- whose outages are its own
  group_id text references component_groups (id),
  position integer not null,
  internal integer not null default 0,             -- on the internal page alone
  created_at integer not null,
  updated_at integer not null,
  version integer not null default 1
) strict;
create unique index components_name on components (coalesce(group_id, ''), lower(name));
create index components_service on components (service_id);

-- How somebody says that a component is, whatever the ledger of outages says. One at a time.
create table component_conditions (
  component_id text not null references components (id),
  health text not null,
  reason text not null,               -- internal
  set_by text not null,               -- as they were called
  started_at integer not null,
  ended_at integer,                   -- may lie ahead; none until somebody ends it
  primary key (component_id, started_at)
) strict;

-- What the outside calls an incident that it was told of. Never given again.
create table status_incidents (
  number integer primary key,
  id text not null unique,
  created_at integer not null
) strict;

-- What the outside is told of a maintenance window. Windows without a row are nobody's business.
create table maintenance_words (
  maintenance_id text primary key references maintenances (id),
  title text not null,
  body text not null,
  components text not null,           -- JSON: ids
  remind_minutes integer,             -- before it begins; none is no reminder
  created_at integer not null,
  updated_at integer not null
) strict;
