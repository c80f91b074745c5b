-- Known errors of which people said that they are not behind an incident beside which they were
-- shown.
create table refused_errors (
  number bigint not null,            -- the incident
  problem bigint not null,           -- the known error
  person_id text collate "C" not null,
  at bigint not null,
  primary key (number, problem, person_id)
);
create index refused_errors_problem on refused_errors (problem);

-- Columns of the queue that somebody does not want to see, with blanks between them.
alter table people add column hidden_columns text collate "C" not null default '';
