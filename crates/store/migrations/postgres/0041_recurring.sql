-- Incidents that come again and again.
create table recurring (
  id text collate "C" primary key,
  origin bigint not null unique,        -- the incident that it began with: nodes that find it at once make one
  name text collate "C" not null,                 -- its most telling words
  service_id text collate "C",
  state text collate "C" not null,                -- proposed, problem, dismissed
  problem bigint,                       -- the problem that was made of it
  silent_below bigint not null default 0,  -- how many incidents it takes until one that was dismissed is proposed again
  found_at bigint not null,
  decided_at bigint,
  decided_by text collate "C"                     -- a person
);

-- Its incidents of the last months. Found anew each time.
create table recurring_members (
  number bigint primary key,
  recurring_id text collate "C" not null
);
create index recurring_members_of on recurring_members (recurring_id, number);
