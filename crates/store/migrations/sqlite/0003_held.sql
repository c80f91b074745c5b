-- What waits, longest first: few of all that is open.
create index incidents_held on incidents (held_since) where held_since is not null;
