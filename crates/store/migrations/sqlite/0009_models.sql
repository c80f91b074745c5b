-- Incident models: what a kind of incident that comes again needs.
create table models (
  id text primary key,
  name text not null,
  place integer not null,                 -- they are offered in rising place
  active integer not null default 1,
  body text not null,                 -- JSON: when to use it, for whom, what it gives
  version integer not null default 1
) strict, without rowid;
create unique index models_name on models (lower(name));
