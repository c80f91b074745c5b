-- Reviews of incidents that are over, what somebody has to do after one, and whom that was
-- brought to mind.

create table reviews (
  number integer primary key,
  incident integer not null references incidents (number),
  state text not null,                -- draft, in_review, published
  owner_id text,
  due_at integer not null,
  summary text not null,
  impact text not null,
  factors text not null,              -- JSON: words
  helped text not null,
  hard text not null,
  lessons text not null,
  answers text not null,              -- JSON: words by the key of the question
  picks text not null,                -- JSON: entries of timelines, with remarks
  reopened_because text not null,
  published_by text,
  published_at integer,
  created_by text,                    -- nobody where it opened by itself
  created_at integer not null,
  updated_by text,
  updated_at integer not null,
  version integer not null default 1
) strict;
create unique index reviews_incident on reviews (incident);
create index reviews_due on reviews (due_at) where state <> 'published';

create table review_actions (
  id text primary key,
  review integer not null references reviews (number),
  words text not null,
  factor integer,                     -- which factor it fixes, from 1
  owner_id text,
  due_on text,                        -- a day
  state text not null,                -- open, done, dropped
  reason text not null,
  problem integer,
  cluster text,                       -- the key of a group of recurring incidents
  ended_at integer,
  created_by text,
  created_at integer not null,
  updated_at integer not null,
  version integer not null default 1
) strict, without rowid;
create index review_actions_review on review_actions (review, created_at);
create index review_actions_open on review_actions (due_on) where state = 'open';
create index review_actions_cluster on review_actions (cluster) where cluster is not null;

create table review_reminders (
  subject text not null,              -- PIR-3, or the id of an action
  word text not null,                 -- opened, near, overdue
  due text not null,                  -- what was due then: another day is told anew
  person_id text not null,
  at integer not null,
  primary key (subject, word, due, person_id)
) strict, without rowid;

-- Major incidents are few: whoever looks for those that have no review yet reads only them.
create index incidents_major_resolved on incidents (resolved_at) where major = 1;
