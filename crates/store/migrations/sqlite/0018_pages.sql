-- What a policy promised when paging began: each step that will come unless somebody takes the
-- incident before. The auditor compares it with what happened.
create table page_promises (
  number integer not null references incidents (number),
  began_n integer not null,           -- the entry with which paging began
  step integer not null,              -- counts through all rounds, from 0
  round integer not null,             -- 0 for the first time through the steps
  whom text not null,                 -- JSON: whom it pages, as the policy says
  latest_at integer not null,         -- comes at this instant, unless it is called off
  state text not null default 'promised',  -- promised, kept, called_off, broken
  kept_n integer,                     -- the entry that says whom it paged
  settled_at integer,
  primary key (number, began_n, step)
) strict, without rowid;
create index page_promises_latest on page_promises (latest_at, number, began_n, step);
create index page_promises_settled on page_promises (settled_at) where state = 'kept';
create index page_promises_open on page_promises (latest_at) where state = 'promised';

-- One attempt to reach one person by one way, because one entry paged them.
create table pages (
  id text primary key,                -- also the key by which a provider knows a repeat
  number integer not null references incidents (number),
  n integer not null,                 -- the entry that paged them
  person_id text not null references people (id),
  contact_id text,                    -- null for the address of their account
  channel text not null,              -- email, push, ntfy, sms, voice, chat …
  address text not null,
  urgency text not null,              -- high, low
  due_at integer not null,            -- not attempted before
  state text not null default 'waiting',  -- waiting, sent, failed, called_off
  attempts integer not null default 0,
  taken_until integer,                -- until when a node has it
  created_at integer not null,
  sent_at integer,                    -- when a provider took it
  received_at integer,                -- when it is known to have arrived
  answered_at integer,                -- when the person acted on it
  provider_ref text,                  -- by which the provider knows it
  error text                          -- what the last attempt ended with
) strict;
create unique index pages_once on pages (number, n, person_id, channel, address, due_at);
create index pages_waiting on pages (due_at, id) where state = 'waiting';
create index pages_entry on pages (number, n, person_id);
create index pages_sent on pages (sent_at) where state = 'sent' and answered_at is null;
create index pages_provider on pages (provider_ref) where provider_ref is not null;
create index pages_failed on pages (created_at) where state = 'failed';

-- Whose turn it was last in a step that people take in turn.
create table page_turns (
  policy_id text not null,
  place integer not null,             -- of the step in its policy
  person_id text not null references people (id),
  primary key (policy_id, place)
) strict, without rowid;

-- Entries that paged people and reached none of them, as the auditor found.
create table page_alarms (
  number integer not null references incidents (number),
  n integer not null,                 -- the entry
  failure text not null,           -- errors, not_tried, no_way
  raised_at integer not null,
  primary key (number, n)
) strict, without rowid;

-- Which node watches whether promises are kept, until when it has that, and when it last looked.
create table page_watch (
  id integer primary key,
  holder text not null,
  held_until integer not null,
  looked_at integer not null
) strict;
insert into page_watch (id, holder, held_until, looked_at) values (1, '', 0, 0);
