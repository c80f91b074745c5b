-- How long incidents take, as it was learned last from the organisation's own.
create table expected_model (
  name text collate "C" primary key,              -- restored: the time until it works again
  version bigint not null,           -- counts the trainings
  reader bigint not null,            -- by which version of the program's format it can be read
  trained_at bigint not null,
  history bigint not null,           -- number of the last incident by then
  summary text not null,              -- JSON: how it was measured
  body bytea not null
);

-- Expected times that were shown to the service desk, one of an incident for some hours.
create table expected_shown (
  number bigint not null,
  bucket bigint not null,            -- counts these hours, so that few are kept
  shown_at bigint not null,
  priority text collate "C" not null,           -- as it was then
  low_at bigint not null,
  likely_at bigint not null,
  high_at bigint not null,
  ended_at bigint,                   -- when it worked again; null: not known yet
  primary key (number, bucket)
);
create index expected_shown_open on expected_shown (number) where ended_at is null;
create index expected_shown_time on expected_shown (shown_at);
