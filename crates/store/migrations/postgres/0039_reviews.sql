-- Reviews of incidents that are over, what somebody has to do after one, and whom that was
-- brought to mind.

create table reviews (
  number bigint primary key,
  incident bigint not null references incidents (number),
  state text collate "C" not null,                -- draft, in_review, published
  owner_id text collate "C",
  due_at bigint not null,
  summary text collate "C" not null,
  impact text collate "C" not null,
  factors text collate "C" not null,              -- JSON: words
  helped text collate "C" not null,
  hard text collate "C" not null,
  lessons text collate "C" not null,
  answers text collate "C" not null,              -- JSON: words by the key of the question
  picks text collate "C" not null,                -- JSON: entries of timelines, with remarks
  reopened_because text collate "C" not null,
  published_by text collate "C",
  published_at bigint,
  created_by text collate "C",                    -- nobody where it opened by itself
  created_at bigint not null,
  updated_by text collate "C",
  updated_at bigint not null,
  version bigint not null default 1
);
create unique index reviews_incident on reviews (incident);
create index reviews_due on reviews (due_at) where state <> 'published';

create table review_actions (
  id text collate "C" primary key,
  review bigint not null references reviews (number),
  words text collate "C" not null,
  factor bigint,                     -- which factor it fixes, from 1
  owner_id text collate "C",
  due_on text collate "C",                        -- a day
  state text collate "C" not null,                -- open, done, dropped
  reason text collate "C" not null,
  problem bigint,
  cluster text collate "C",                       -- the key of a group of recurring incidents
  ended_at bigint,
  created_by text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  version bigint not null default 1
);
create index review_actions_review on review_actions (review, created_at);
create index review_actions_open on review_actions (due_on) where state = 'open';
create index review_actions_cluster on review_actions (cluster) where cluster is not null;

create table review_reminders (
  subject text collate "C" not null,              -- PIR-3, or the id of an action
  word text collate "C" not null,                 -- opened, near, overdue
  due text collate "C" not null,                  -- what was due then: another day is told anew
  person_id text collate "C" not null,
  at bigint not null,
  primary key (subject, word, due, person_id)
);

-- Major incidents are few: whoever looks for those that have no review yet reads only them.
create index incidents_major_resolved on incidents (resolved_at) where major = 1;
