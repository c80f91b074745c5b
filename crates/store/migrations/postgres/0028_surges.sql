-- More reports than an hour of the week brings.
create table surges (
  id text collate "C" primary key,
  service_id text collate "C" not null,
  state text collate "C" not null,        -- proposed, accepted, dismissed, over (nobody decided)
  began bigint not null,             -- its first report
  proposed_at bigint not null,
  slow bigint not null,              -- it rose slowly
  counted bigint not null,           -- reports since it began, each person once an hour
  expected bigint not null,          -- how many usually come in that time, in thousandths
  parent bigint,                     -- the incident that its reports were linked to
  decided_at bigint,
  decided_by text collate "C",            -- a person
  ended_at bigint                    -- arrivals are as usual again
);
-- One at a time for a service, whichever node finds it.
create unique index surges_open on surges (service_id) where ended_at is null;
create index surges_past on surges (service_id, ended_at) where state = 'accepted';

-- Reports of a service in the order of time, with those who need them.
create index incidents_arrivals on incidents (service_id, reported_at, requester_id) where service_id is not null;
