-- Words and commands that come again.
create table macros (
  id text collate "C" primary key,
  name text collate "C" not null,
  person_id text collate "C",         -- whose own it is
  team_id text collate "C",           -- whose it is; both null: everybody's
  body text collate "C" not null,     -- JSON: words, languages, commands
  uses bigint not null default 0,
  created_at bigint not null,
  version bigint not null default 1
);
create index macros_person on macros (person_id) where person_id is not null;
create index macros_team on macros (team_id) where team_id is not null;

-- How long people were at work on an incident, as their browsers told: gathered, not logged.
create table attention (
  number bigint not null,
  person_id text collate "C" not null,
  seconds bigint not null,
  last_at bigint not null,
  primary key (number, person_id)
);
