-- The open alerts of an incident, the worst first, without those that are over: of an incident that
-- a source told of for weeks those are most.
create index alerts_open_of_incident on alerts (number, severity, id) where ended_at is null;
