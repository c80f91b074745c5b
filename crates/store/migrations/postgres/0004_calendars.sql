-- Business calendars; every version is kept, because clocks refer to it.
create table calendars (
  id text collate "C" not null,
  version bigint not null,
  body text collate "C" not null,     -- JSON
  since bigint not null,              -- in force from
  primary key (id, version)
);
-- When a team works; null is round the clock.
alter table teams add column calendar_id text collate "C";
