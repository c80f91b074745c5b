-- More reports than an hour of the week brings.
create table surges (
  id text primary key,
  service_id text not null,
  state text not null,                -- proposed, accepted, dismissed, over (nobody decided)
  began integer not null,             -- its first report
  proposed_at integer not null,
  slow integer not null,              -- it rose slowly
  counted integer not null,           -- reports since it began, each person once an hour
  expected integer not null,          -- how many usually come in that time, in thousandths
  parent integer,                     -- the incident that its reports were linked to
  decided_at integer,
  decided_by text,                    -- a person
  ended_at integer                    -- arrivals are as usual again
) strict, without rowid;
-- One at a time for a service, whichever node finds it.
create unique index surges_open on surges (service_id) where ended_at is null;
create index surges_past on surges (service_id, ended_at) where state = 'accepted';

-- Reports of a service in the order of time, with those who need them.
create index incidents_arrivals on incidents (service_id, reported_at, requester_id) where service_id is not null;
