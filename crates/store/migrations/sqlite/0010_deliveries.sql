-- What one person is told by one channel: made from the outbox, kept as the record of it.
create table deliveries (
  id integer primary key,
  number integer,                     -- null for a letter that tries out the mail server
  n integer not null,                 -- the entry of the timeline that is told
  word text not null,
  person_id text not null,
  told_as text not null,              -- why they are told: requester, watcher, person, team
  channel text not null,              -- email
  address text not null,
  message_id text unique,             -- given with the first attempt, the same at each
  state text not null default 'waiting',  -- waiting, sent, dead, withdrawn
  attempts integer not null default 0,
  next_at integer not null,           -- not attempted before
  taken_until integer,                -- until when a node has it
  created_at integer not null,
  ended_at integer,
  error text                          -- what the last attempt ended with, or why it was not told
) strict;
-- One person is told a word about an entry once, however often they are concerned.
create unique index deliveries_once on deliveries (number, n, word, person_id, channel);
create index deliveries_waiting on deliveries (next_at, id) where state = 'waiting';
create index deliveries_before on deliveries (person_id, number, id) where state = 'waiting';
create index deliveries_thread on deliveries (person_id, number, id) where message_id is not null;
create index deliveries_state on deliveries (state, id);
