-- Open incidents going over to changed terms: one row a change, done piece by piece.
create table recomputations (
  id text primary key,
  subject text not null,              -- agreement or calendar
  subject_id text not null,
  name text not null,                 -- what it is called
  subject_version integer not null,
  not_before integer not null,        -- when that version comes in force
  created_at integer not null,
  started_at integer,
  finished_at integer,
  leased_until integer,               -- until when a node has it
  total integer not null,             -- open incidents when it began
  position integer not null,          -- number of the last incident that was looked at
  looked integer not null,
  changed integer not null,
  failed integer not null
) strict, without rowid;
create index recomputations_open on recomputations (not_before) where finished_at is null;
