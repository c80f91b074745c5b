-- What reports count of each incident, measured from its timeline after the fact, never within a
-- command. All of it can be thrown away: it is measured anew.
create table report_facts (
  number integer primary key,
  version integer not null,           -- entries of the timeline that were measured
  reported_at integer not null,
  priority integer not null,
  service_id text,
  category_id text,
  team_id text,
  assignee_id text,
  requester_id text not null,
  organisation_id text,
  agreement_id text not null,
  confidential_to text,
  merged_into integer,
  -- seconds from the report
  acknowledge integer,
  respond integer,
  mitigate integer,
  restore integer,
  resolve integer,
  -- business seconds of clocks that stopped
  acknowledge_business integer,
  respond_business integer,
  resolve_business integer,
  -- clocks: 1 met, 0 breached at some time, nothing while undecided
  acknowledge_met integer,
  response_met integer,
  update_met integer,
  resolution_met integer,
  hops integer,                       -- from one team to another
  reopenings integer,
  first_contact integer,
  open integer,
  resolved integer,
  work integer,                       -- seconds that were recorded
  updates_kept integer,
  updates_missed integer,
  rated integer,
  rating integer,
  low integer
) strict;
create index report_facts_reported on report_facts (reported_at);

-- The stretches in which incidents were open.
create table report_open (
  number integer not null,
  n integer not null,                 -- counts from 0
  opened_at integer not null,
  ended_at integer,                   -- absent while it is open
  primary key (number, n)
) strict, without rowid;
create index report_open_from on report_open (opened_at);

-- How far the log was followed. One row, once it was begun.
create table report_head (
  id integer primary key,
  position integer not null,          -- of the log
  below integer not null              -- incidents before this number are still to be measured; 0: none
) strict;

-- Pages of a stretch of time.
create index pages_when on pages (sent_at) where sent_at is not null;
