-- Problems, known errors and articles; which incidents they lie behind, and whether they helped.

-- Counters of records that people call by number, and of their changes.
create table record_numbers (
  prefix text collate "C" primary key,
  next bigint not null
);

create table problems (
  number bigint primary key,
  title text collate "C" not null,
  state text collate "C" not null,                -- open, known_error, resolved, closed
  description text collate "C" not null,
  cause text collate "C" not null,
  workaround text collate "C" not null,
  steps text collate "C" not null,                -- JSON: words
  fix text collate "C" not null,
  service_id text collate "C",
  category_id text collate "C",
  team_id text collate "C",
  owner_id text collate "C",
  review_on text collate "C",                     -- a day
  created_by text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  changed bigint not null,           -- counts the changes of all problems and articles
  version bigint not null default 1
);
create unique index problems_changed on problems (changed);
create index problems_due on problems (owner_id, review_on) where review_on is not null;

create table articles (
  number bigint primary key,
  title text collate "C" not null,
  body text collate "C" not null,
  language text collate "C" not null,
  audience text collate "C" not null,             -- everyone, staff
  state text collate "C" not null,                -- draft, published, retired
  internal bigint not null,          -- internal words of an incident are in it
  services text collate "C" not null,             -- JSON: ids
  category_id text collate "C",
  team_id text collate "C",
  owner_id text collate "C",
  review_on text collate "C",                     -- a day
  from_incident bigint,
  created_by text collate "C",
  created_at bigint not null,
  updated_by text collate "C",
  updated_at bigint not null,
  changed bigint not null,           -- counts the changes of all problems and articles
  version bigint not null default 1
);
create unique index articles_changed on articles (changed);
create index articles_from on articles (from_incident) where from_incident is not null;
create index articles_due on articles (owner_id, review_on) where review_on is not null;

create table article_versions (
  number bigint not null references articles (number),
  version bigint not null,
  at bigint not null,
  by_person text collate "C",
  title text collate "C" not null,
  body text collate "C" not null,
  internal bigint not null,
  audience text collate "C" not null,
  state text collate "C" not null,
  primary key (number, version)
);

-- Which incidents name which problem, and since when. Told by their timelines.
create table incident_problems (
  number bigint not null references incidents (number),
  problem bigint not null,
  kind text collate "C" not null,                 -- problem, known_error, caused_by, resolution
  at bigint not null,
  primary key (number, problem, kind)
);
create index incident_problems_problem on incident_problems (problem, number);

-- Where an answer was used, beyond what timelines tell.
create table knowledge_uses (
  id text collate "C" primary key,
  record text collate "C" not null,               -- KB-12, PRB-3
  kind text collate "C" not null,                 -- linked, applied, helped, solved
  number bigint,                     -- the incident; none where there was no need for one
  person_id text collate "C" not null,
  service_id text collate "C",
  at bigint not null
);
create unique index knowledge_uses_once on knowledge_uses (record, number) where number is not null;
create index knowledge_uses_solved on knowledge_uses (record, at) where number is null;
create index knowledge_uses_incident on knowledge_uses (number) where number is not null;

-- What timelines tell already. What was imported names the problems of another system.
insert into incident_problems (number, problem, kind, at)
  select e.number, cast(substr(e.data::jsonb ->> 'target', 5) as bigint), e.data::jsonb ->> 'kind', max(e.happened_at)
  from events e where e.kind = 'linked' and e.channel <> 'import' and e.data like '%"PRB-%'
  and e.data::jsonb ->> 'target' like 'PRB-%' and length(e.data::jsonb ->> 'target') <= 22
  and e.data::jsonb ->> 'kind' in ('problem', 'known_error', 'caused_by')
  and not exists (select 1 from events u where u.number = e.number and u.n > e.n and u.kind = 'unlinked' and u.channel <> 'import'
    and u.data::jsonb ->> 'target' = e.data::jsonb ->> 'target' and u.data::jsonb ->> 'kind' = e.data::jsonb ->> 'kind')
  group by e.number, e.data::jsonb ->> 'target', e.data::jsonb ->> 'kind';
insert into incident_problems
  (number, problem, kind, at)
  select e.number, cast(substr(e.data::jsonb ->> 'known_error', 5) as bigint), 'resolution', e.happened_at
  from events e where e.kind = 'resolved' and e.channel <> 'import' and e.data like '%"PRB-%'
  and e.data::jsonb ->> 'known_error' like 'PRB-%' and length(e.data::jsonb ->> 'known_error') <= 22
  and not exists (select 1 from events f where f.number = e.number and f.n < e.n and f.kind = 'resolved' and f.channel <> 'import'
    and f.data::jsonb ->> 'known_error' = e.data::jsonb ->> 'known_error');

-- New problems are not those that incidents named before there were any.
insert into record_numbers (prefix, next)
  select 'PRB', top from (select max(problem) + 1 as top from incident_problems where problem < 1000000000) found
  where top is not null;

-- The history of a record is on its page.
create index audit_record on audit (subject, subject_id, id);
