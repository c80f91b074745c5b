-- What people said of causes that were proposed for an incident, the last word of each.
create table cause_verdicts (
  number bigint not null,            -- the incident
  what text collate "C" not null,         -- the cause, such as change:0195…
  kind text collate "C" not null,         -- deployment, configuration, other_change, alert, service, maintenance, record
  was_it bigint not null,            -- 1: it was the cause, 0: it was not
  person_id text collate "C" not null,
  at bigint not null,
  primary key (number, what)
);
create index cause_verdicts_at on cause_verdicts (at);
