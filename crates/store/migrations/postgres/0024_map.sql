-- What services need, and what is known of them.
alter table services add column public_name text not null default '';
alter table services add column cost_per_hour bigint;   -- whole units of the instance's currency
alter table services add column goal_permille bigint;   -- goal of availability, in thousandths
alter table services add column links text collate "C" not null default '[]';   -- JSON: titles and addresses
alter table services add column needs text collate "C" not null default '[]';   -- JSON: groups of which some are needed

-- Deployments and other changes that programs tell of.
create table service_changes (
  id text collate "C" primary key,
  at bigint not null,
  service_id text collate "C" references services (id),
  title text not null,
  source text not null,
  link text collate "C"
);
create index service_changes_service on service_changes (service_id, at);
create index service_changes_at on service_changes (at);
