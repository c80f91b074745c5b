-- Who learns by a schedule: told besides whoever is on call, never paged alone.
create table schedule_shadows (
  id text primary key,
  schedule_id text not null references schedules (id),
  person_id text not null references people (id),
  start_at integer not null,
  end_at integer not null,            -- earlier than it was said where it was ended early
  made_by text,                       -- a person; null: at the command line
  made_at integer not null
) strict, without rowid;
create index schedule_shadows_schedule on schedule_shadows (schedule_id, end_at);
create index schedule_shadows_end on schedule_shadows (end_at);
-- Whether a page is to somebody who learns: nothing waits for them.
alter table pages add column learns integer not null default 0;

-- The newest alerts of a service, and the promises in one state, without looking through all.
create index alerts_service on alerts (service_id, id) where service_id is not null;
create index page_promises_state on page_promises (state, latest_at, number, began_n, step);
-- What is forgotten is found by its age.
create index alerts_over on alerts (ended_at) where ended_at is not null;
create index pages_old on pages (created_at);
create index alert_groups_old on alert_groups (opened_at);
