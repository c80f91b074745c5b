-- Rules: when something happens and a condition holds, commands follow.
create table rules (
  id text primary key,
  name text not null,
  place integer not null,                 -- they are tried in rising place
  active integer not null default 1,
  body text not null,                 -- JSON: what sets it off, condition, commands
  version integer not null default 1
) strict, without rowid;
create unique index rules_name on rules (lower(name));

-- How many people are affected, for lists.
alter table incidents add column affected integer;
update incidents set affected =
  json_extract(body, '$.affected')
where body like '%"affected":%';
