-- What reports count of each incident, measured from its timeline after the fact, never within a
-- command. All of it can be thrown away: it is measured anew.
create table report_facts (
  number bigint primary key,
  version bigint not null,           -- entries of the timeline that were measured
  reported_at bigint not null,
  priority bigint not null,
  service_id text collate "C",
  category_id text collate "C",
  team_id text collate "C",
  assignee_id text collate "C",
  requester_id text collate "C" not null,
  organisation_id text collate "C",
  agreement_id text collate "C" not null,
  confidential_to text collate "C",
  merged_into bigint,
  -- seconds from the report
  acknowledge bigint,
  respond bigint,
  mitigate bigint,
  restore bigint,
  resolve bigint,
  -- business seconds of clocks that stopped
  acknowledge_business bigint,
  respond_business bigint,
  resolve_business bigint,
  -- clocks: 1 met, 0 breached at some time, nothing while undecided
  acknowledge_met bigint,
  response_met bigint,
  update_met bigint,
  resolution_met bigint,
  hops bigint,                       -- from one team to another
  reopenings bigint,
  first_contact bigint,
  open bigint,
  resolved bigint,
  work bigint,                       -- seconds that were recorded
  updates_kept bigint,
  updates_missed bigint,
  rated bigint,
  rating bigint,
  low bigint
);
create index report_facts_reported on report_facts (reported_at);

-- The stretches in which incidents were open.
create table report_open (
  number bigint not null,
  n bigint not null,                 -- counts from 0
  opened_at bigint not null,
  ended_at bigint,                   -- absent while it is open
  primary key (number, n)
);
create index report_open_from on report_open (opened_at);

-- How far the log was followed. One row, once it was begun.
create table report_head (
  id bigint primary key,
  position bigint not null,          -- of the log
  below bigint not null              -- incidents before this number are still to be measured; 0: none
);

-- Pages of a stretch of time.
create index pages_when on pages (sent_at) where sent_at is not null;
