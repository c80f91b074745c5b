-- How long incidents take, as it was learned last from the organisation's own.
create table expected_model (
  name text primary key,              -- restored: the time until it works again
  version integer not null,           -- counts the trainings
  reader integer not null,            -- by which version of the program's format it can be read
  trained_at integer not null,
  history integer not null,           -- number of the last incident by then
  summary text not null,              -- JSON: how it was measured
  body blob not null
) strict, without rowid;

-- Expected times that were shown to the service desk, one of an incident for some hours.
create table expected_shown (
  number integer not null,
  bucket integer not null,            -- counts these hours, so that few are kept
  shown_at integer not null,
  priority text not null,             -- as it was then
  low_at integer not null,
  likely_at integer not null,
  high_at integer not null,
  ended_at integer,                   -- when it worked again; null: not known yet
  primary key (number, bucket)
) strict, without rowid;
create index expected_shown_open on expected_shown (number) where ended_at is null;
create index expected_shown_time on expected_shown (shown_at);
