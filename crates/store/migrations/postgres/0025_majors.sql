-- How major incidents are conducted, what was out, what was told.

-- Somebody proposed to declare it a major incident, and nobody has decided.
alter table incidents add column proposed bigint not null default 0;

-- Spans in which services were worse than agreed, as the incidents say.
create table outages (
  number bigint not null references incidents (number),
  id text collate "C" not null,
  service_id text collate "C" not null references services (id),
  degree text collate "C" not null,               -- degraded, partial, full
  started_at bigint not null,
  ended_at bigint,                   -- absent while it lasts
  primary key (number, id)
);
create index outages_service on outages (service_id, started_at);
create index outages_started on outages (started_at);
create index outages_lasting on outages (started_at) where ended_at is null;

-- Updates that were published to chosen audiences. Their words stand in contents, and are
-- erased there.
create table published_updates (
  number bigint not null references incidents (number),
  n bigint not null,                 -- the place in its timeline
  at bigint not null,
  phase text collate "C" not null,
  title_content text collate "C",
  body_content text collate "C" not null,
  expected bigint,
  next_update bigint,
  requesters bigint not null,
  lists text collate "C" not null,                -- JSON
  status_page bigint not null,
  chat bigint not null,
  primary key (number, n)
);
create index published_updates_status on published_updates (at) where status_page = 1;
