-- Rules: when something happens and a condition holds, commands follow.
create table rules (
  id text primary key,
  name text not null,
  place bigint not null,                 -- they are tried in rising place
  active bigint not null default 1,
  body text not null,                 -- JSON: what sets it off, condition, commands
  version bigint not null default 1
);
create unique index rules_name on rules (lower(name));

-- How many people are affected, for lists.
alter table incidents add column affected bigint;
update incidents set affected =
  (body::jsonb ->> 'affected')::bigint
where body like '%"affected":%';
