-- What services need, and what is known of them.
alter table services add column public_name text not null default '';
alter table services add column cost_per_hour integer;   -- whole units of the instance's currency
alter table services add column goal_permille integer;   -- goal of availability, in thousandths
alter table services add column links text not null default '[]';   -- JSON: titles and addresses
alter table services add column needs text not null default '[]';   -- JSON: groups of which some are needed

-- Deployments and other changes that programs tell of.
create table service_changes (
  id text primary key,
  at integer not null,
  service_id text references services (id),
  title text not null,
  source text not null,
  link text
) strict, without rowid;
create index service_changes_service on service_changes (service_id, at);
create index service_changes_at on service_changes (at);
