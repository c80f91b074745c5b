-- Open incidents going over to changed terms: one row a change, done piece by piece.
create table recomputations (
  id text collate "C" primary key,
  subject text collate "C" not null,              -- agreement or calendar
  subject_id text collate "C" not null,
  name text collate "C" not null,                 -- what it is called
  subject_version bigint not null,
  not_before bigint not null,        -- when that version comes in force
  created_at bigint not null,
  started_at bigint,
  finished_at bigint,
  leased_until bigint,               -- until when a node has it
  total bigint not null,             -- open incidents when it began
  position bigint not null,          -- number of the last incident that was looked at
  looked bigint not null,
  changed bigint not null,
  failed bigint not null
);
create index recomputations_open on recomputations (not_before) where finished_at is null;
