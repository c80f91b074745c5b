-- The status page. How it presents itself is the setting `status_page`.
create table status_logos (
  hash text collate "C" primary key,              -- of its bytes, SHA-256 in hex
  media_type text collate "C" not null,
  bytes bytea not null,
  created_at bigint not null
);

-- Headings that components stand under.
create table component_groups (
  id text collate "C" primary key,
  name text collate "C" not null,
  description text collate "C" not null default '',
  position bigint not null,          -- from 1, without gaps after a move
  created_at bigint not null,
  updated_at bigint not null,
  version bigint not null default 1
);
create unique index component_groups_name on component_groups (lower(name));

-- What people use, as the outside knows it.
create table components (
  id text collate "C" primary key,
  name text collate "C" not null,
  description text collate "C" not null default '',
  service_id text collate "C" references services (id),        -- whose outages are its own
  group_id text collate "C" references component_groups (id),
  position bigint not null,
  internal bigint not null default 0,             -- on the internal page alone
  created_at bigint not null,
  updated_at bigint not null,
  version bigint not null default 1
);
create unique index components_name on components (coalesce(group_id, ''), lower(name));
create index components_service on components (service_id);

-- How somebody says that a component is, whatever the ledger of outages says. One at a time.
create table component_conditions (
  component_id text collate "C" not null references components (id),
  health text collate "C" not null,
  reason text collate "C" not null,               -- internal
  set_by text collate "C" not null,               -- as they were called
  started_at bigint not null,
  ended_at bigint,                   -- may lie ahead; none until somebody ends it
  primary key (component_id, started_at)
);

-- What the outside calls an incident that it was told of. Never given again.
create table status_incidents (
  number bigint primary key,
  id text collate "C" not null unique,
  created_at bigint not null
);

-- What the outside is told of a maintenance window. Windows without a row are nobody's business.
create table maintenance_words (
  maintenance_id text collate "C" primary key references maintenances (id),
  title text collate "C" not null,
  body text collate "C" not null,
  components text collate "C" not null,           -- JSON: ids
  remind_minutes bigint,             -- before it begins; none is no reminder
  created_at bigint not null,
  updated_at bigint not null
);
