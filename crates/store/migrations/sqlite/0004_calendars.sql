-- Business calendars; every version is kept, because clocks refer to it.
create table calendars (
  id text not null,
  version integer not null,
  body text not null,                 -- JSON
  since integer not null,             -- in force from
  primary key (id, version)
) strict, without rowid;
-- When a team works; null is round the clock.
alter table teams add column calendar_id text;
