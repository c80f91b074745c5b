-- What somebody is told within the product: a delivery by the channel `inbox`, without an
-- address, sent when it is there. Several deliveries to one person may leave as one letter:
-- they have its message id in common.
alter table deliveries rename to deliveries_old;
drop index deliveries_once;
drop index deliveries_waiting;
drop index deliveries_thread;
drop index deliveries_state;
drop index deliveries_before;
drop index deliveries_bounced;
drop index deliveries_address;
create table deliveries (
  id integer primary key,
  number integer,                     -- null for a letter that tries out the mail server
  n integer not null,                 -- the entry of the timeline that is told
  word text not null,
  person_id text not null,
  told_as text not null,              -- why they are told: requester, watcher, person, team
  channel text not null,              -- email, inbox
  address text not null,
  message_id text,                    -- given with the first attempt, the same at each
  state text not null default 'waiting',  -- waiting, sent, dead, withdrawn
  attempts integer not null default 0,
  next_at integer not null,           -- not attempted before
  taken_until integer,                -- until when a node has it
  created_at integer not null,
  ended_at integer,
  error text,                         -- what the last attempt ended with, or why it was not told
  read_at integer,                    -- when its reader read it in the inbox
  held text not null default '',        -- why it waits: folding, quiet, digest, cap, crowd
  bounced_at integer                  -- when a mail server said that it could not be delivered after all
) strict;
insert into deliveries (id, number, n, word, person_id, told_as, channel, address, message_id, state, attempts, next_at, taken_until, created_at, ended_at, error, bounced_at)
  select id, number, n, word, person_id, told_as, channel, address, message_id, state, attempts, next_at, taken_until, created_at, ended_at, error, bounced_at from deliveries_old;
drop table deliveries_old;
-- One person is told a word about an entry once, however often they are concerned.
create unique index deliveries_once on deliveries (number, n, word, person_id, channel);
create index deliveries_waiting on deliveries (next_at, id) where state = 'waiting';
create index deliveries_before on deliveries (person_id, number, id) where state = 'waiting';
create index deliveries_thread on deliveries (person_id, number, id) where message_id is not null;
create index deliveries_state on deliveries (state, id);
-- One person's inbox, and what of it is unread.
create index deliveries_inbox on deliveries (person_id, id) where channel = 'inbox';
create index deliveries_unread on deliveries (person_id, number) where channel = 'inbox' and state = 'sent' and read_at is null;
-- What ended since an instant: whose inbox changed, how many letters left, what is kept no longer.
create index deliveries_ended on deliveries (ended_at);
create index deliveries_read on deliveries (read_at) where read_at is not null;
-- The entries of a letter, what waits for a reason, and how many letters one person got lately.
create index deliveries_letter on deliveries (message_id) where message_id is not null;
create index deliveries_held on deliveries (held, next_at) where state = 'waiting' and held <> '';
-- Which addresses gave letters back, and how many letters an address got lately.
create index deliveries_bounced on deliveries (address, bounced_at) where bounced_at is not null;
create index deliveries_address on deliveries (address, ended_at) where state = 'sent' and channel = 'email';
create index deliveries_lately on deliveries (person_id, ended_at) where message_id is not null;

-- How people want to be told, where they said so.
create table told_how (
  person_id text primary key references people (id),
  preferences text not null           -- JSON
) strict, without rowid;
