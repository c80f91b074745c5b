-- Who is told what: rows of the table that differ from how they came, and rows that were added.
create table notification_rules (
  id text collate "C" primary key,                -- of a standard row occasion and role, else a UUID
  name text not null,
  body text collate "C" not null,                 -- JSON: what is told, condition, to whom, by which channels
  active bigint not null default 1,
  version bigint not null default 1
);
create unique index notification_rules_name on notification_rules (lower(name));

-- By which row something is told, and what that row says of it; as JSON.
alter table outbox add column terms text collate "C" not null default '{}';
alter table deliveries add column rule text collate "C" not null default '';
-- Whom was asked lately how content they are.
create index deliveries_survey on deliveries (person_id, created_at) where word = 'survey';
