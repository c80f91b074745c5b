-- Incidents that come again and again.
create table recurring (
  id text primary key,
  origin integer not null unique,        -- the incident that it began with: nodes that find it at once make one
  name text not null,                 -- its most telling words
  service_id text,
  state text not null,                -- proposed, problem, dismissed
  problem integer,                       -- the problem that was made of it
  silent_below integer not null default 0,  -- how many incidents it takes until one that was dismissed is proposed again
  found_at integer not null,
  decided_at integer,
  decided_by text                     -- a person
) strict, without rowid;

-- Its incidents of the last months. Found anew each time.
create table recurring_members (
  number integer primary key,
  recurring_id text not null
) strict, without rowid;
create index recurring_members_of on recurring_members (recurring_id, number);
