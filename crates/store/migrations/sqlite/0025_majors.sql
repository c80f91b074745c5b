-- How major incidents are conducted, what was out, what was told.

-- Somebody proposed to declare it a major incident, and nobody has decided.
alter table incidents add column proposed integer not null default 0;

-- Spans in which services were worse than agreed, as the incidents say.
create table outages (
  number integer not null references incidents (number),
  id text not null,
  service_id text not null references services (id),
  degree text not null,               -- degraded, partial, full
  started_at integer not null,
  ended_at integer,                   -- absent while it lasts
  primary key (number, id)
) strict, without rowid;
create index outages_service on outages (service_id, started_at);
create index outages_started on outages (started_at);
create index outages_lasting on outages (started_at) where ended_at is null;

-- Updates that were published to chosen audiences. Their words stand in contents, and are
-- erased there.
create table published_updates (
  number integer not null references incidents (number),
  n integer not null,                 -- the place in its timeline
  at integer not null,
  phase text not null,
  title_content text,
  body_content text not null,
  expected integer,
  next_update integer,
  requesters integer not null,
  lists text not null,                -- JSON
  status_page integer not null,
  chat integer not null,
  primary key (number, n)
) strict, without rowid;
create index published_updates_status on published_updates (at) where status_page = 1;
