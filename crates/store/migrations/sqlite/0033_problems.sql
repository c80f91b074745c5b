-- Problems, known errors and articles; which incidents they lie behind, and whether they helped.

-- Counters of records that people call by number, and of their changes.
create table record_numbers (
  prefix text primary key,
  next integer not null
) strict, without rowid;

create table problems (
  number integer primary key,
  title text not null,
  state text not null,                -- open, known_error, resolved, closed
  description text not null,
  cause text not null,
  workaround text not null,
  steps text not null,                -- JSON: words
  fix text not null,
  service_id text,
  category_id text,
  team_id text,
  owner_id text,
  review_on text,                     -- a day
  created_by text,
  created_at integer not null,
  updated_at integer not null,
  changed integer not null,           -- counts the changes of all problems and articles
  version integer not null default 1
) strict;
create unique index problems_changed on problems (changed);
create index problems_due on problems (owner_id, review_on) where review_on is not null;

create table articles (
  number integer primary key,
  title text not null,
  body text not null,
  language text not null,
  audience text not null,             -- everyone, staff
  state text not null,                -- draft, published, retired
  internal integer not null,          -- internal words of an incident are in it
  services text not null,             -- JSON: ids
  category_id text,
  team_id text,
  owner_id text,
  review_on text,                     -- a day
  from_incident integer,
  created_by text,
  created_at integer not null,
  updated_by text,
  updated_at integer not null,
  changed integer not null,           -- counts the changes of all problems and articles
  version integer not null default 1
) strict;
create unique index articles_changed on articles (changed);
create index articles_from on articles (from_incident) where from_incident is not null;
create index articles_due on articles (owner_id, review_on) where review_on is not null;

create table article_versions (
  number integer not null references articles (number),
  version integer not null,
  at integer not null,
  by_person text,
  title text not null,
  body text not null,
  internal integer not null,
  audience text not null,
  state text not null,
  primary key (number, version)
) strict, without rowid;

-- Which incidents name which problem, and since when. Told by their timelines.
create table incident_problems (
  number integer not null references incidents (number),
  problem integer not null,
  kind text not null,                 -- problem, known_error, caused_by, resolution
  at integer not null,
  primary key (number, problem, kind)
) strict, without rowid;
create index incident_problems_problem on incident_problems (problem, number);

-- Where an answer was used, beyond what timelines tell.
create table knowledge_uses (
  id text primary key,
  record text not null,               -- KB-12, PRB-3
  kind text not null,                 -- linked, applied, helped, solved
  number integer,                     -- the incident; none where there was no need for one
  person_id text not null,
  service_id text,
  at integer not null
) strict, without rowid;
create unique index knowledge_uses_once on knowledge_uses (record, number) where number is not null;
create index knowledge_uses_solved on knowledge_uses (record, at) where number is null;
create index knowledge_uses_incident on knowledge_uses (number) where number is not null;

-- What timelines tell already. What was imported names the problems of another system.
insert into incident_problems (number, problem, kind, at)
  select e.number, cast(substr(e.data ->> 'target', 5) as integer), e.data ->> 'kind', max(e.happened_at)
  from events e where e.kind = 'linked' and e.channel <> 'import' and e.data like '%"PRB-%'
  and e.data ->> 'target' like 'PRB-%' and length(e.data ->> 'target') <= 22
  and e.data ->> 'kind' in ('problem', 'known_error', 'caused_by')
  and not exists (select 1 from events u where u.number = e.number and u.n > e.n and u.kind = 'unlinked' and u.channel <> 'import'
    and u.data ->> 'target' = e.data ->> 'target' and u.data ->> 'kind' = e.data ->> 'kind')
  group by e.number, e.data ->> 'target', e.data ->> 'kind';
insert into incident_problems
  (number, problem, kind, at)
  select e.number, cast(substr(e.data ->> 'known_error', 5) as integer), 'resolution', e.happened_at
  from events e where e.kind = 'resolved' and e.channel <> 'import' and e.data like '%"PRB-%'
  and e.data ->> 'known_error' like 'PRB-%' and length(e.data ->> 'known_error') <= 22
  and not exists (select 1 from events f where f.number = e.number and f.n < e.n and f.kind = 'resolved' and f.channel <> 'import'
    and f.data ->> 'known_error' = e.data ->> 'known_error');

-- New problems are not those that incidents named before there were any.
insert into record_numbers (prefix, next)
  select 'PRB', top from (select max(problem) + 1 as top from incident_problems where problem < 1000000000) found
  where top is not null;

-- The history of a record is on its page.
create index audit_record on audit (subject, subject_id, id);
