-- Words and commands that come again.
create table macros (
  id text primary key,
  name text not null,
  person_id text,                     -- whose own it is
  team_id text,                       -- whose it is; both null: everybody's
  body text not null,                 -- JSON: words, languages, commands
  uses integer not null default 0,
  created_at integer not null,
  version integer not null default 1
) strict, without rowid;
create index macros_person on macros (person_id) where person_id is not null;
create index macros_team on macros (team_id) where team_id is not null;

-- How long people were at work on an incident, as their browsers told: gathered, not logged.
create table attention (
  number integer not null,
  person_id text not null,
  seconds integer not null,
  last_at integer not null,
  primary key (number, person_id)
) strict, without rowid;
