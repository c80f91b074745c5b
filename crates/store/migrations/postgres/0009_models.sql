-- Incident models: what a kind of incident that comes again needs.
create table models (
  id text primary key,
  name text not null,
  place bigint not null,                 -- they are offered in rising place
  active bigint not null default 1,
  body text not null,                 -- JSON: when to use it, for whom, what it gives
  version bigint not null default 1
);
create unique index models_name on models (lower(name));
