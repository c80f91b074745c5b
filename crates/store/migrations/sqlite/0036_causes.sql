-- What people said of causes that were proposed for an incident, the last word of each.
create table cause_verdicts (
  number integer not null,            -- the incident
  what text not null,                 -- the cause, such as change:0195…
  kind text not null,                 -- deployment, configuration, other_change, alert, service, maintenance, record
  was_it integer not null,            -- 1: it was the cause, 0: it was not
  person_id text not null,
  at integer not null,
  primary key (number, what)
) strict, without rowid;
create index cause_verdicts_at on cause_verdicts (at);
