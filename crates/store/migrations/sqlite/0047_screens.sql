-- Known errors of which people said that they are not behind an incident beside which they were
-- shown.
create table refused_errors (
  number integer not null,            -- the incident
  problem integer not null,           -- the known error
  person_id text not null,
  at integer not null,
  primary key (number, problem, person_id)
) strict, without rowid;
create index refused_errors_problem on refused_errors (problem);

-- Columns of the queue that somebody does not want to see, with blanks between them.
alter table people add column hidden_columns text not null default '';
