-- Stakeholders and subscribers: who outside the timeline is told of updates and of planned work.
create table stakeholder_lists (
  id text primary key,
  name text not null,
  body text not null,                 -- JSON: who is on it, and what they want to hear
  created_at integer not null,
  version integer not null default 1
) strict, without rowid;
create unique index stakeholder_lists_name on stakeholder_lists (lower(name));

create table subscribers (
  id text primary key,
  kind text not null,                 -- mail, webhook
  address text not null,              -- an e-mail address in lower case, or where a program listens
  language text not null,
  everything integer not null,        -- about all components, those to come included
  secret text not null,               -- signs what a program is sent; empty for mail
  asked_at integer not null,          -- when they last asked; a link to confirm is of one asking
  confirmed_at integer,
  ended_at integer,
  ended_because text,                 -- unsubscribed, bounced, gone, removed
  bounces integer not null default 0,
  failing_since integer               -- a program has taken nothing since
) strict, without rowid;
create unique index subscribers_once on subscribers (kind, address) where ended_at is null;
create index subscribers_unconfirmed on subscribers (asked_at) where confirmed_at is null;
create index subscribers_ended on subscribers (ended_at) where ended_at is not null;
create table subscriber_components (
  component_id text not null,
  subscriber_id text not null references subscribers (id),
  primary key (component_id, subscriber_id)
) strict, without rowid;
create index subscriber_components_of on subscriber_components (subscriber_id);

-- What is to be told outside: made with what it tells, and turned into letters some at a time.
create table announcements (
  id integer primary key,
  about text not null,                -- what is told; nobody is told the same twice
  whom text not null,                 -- subscribers, or the id of a list
  word text not null,                 -- update, announced, changed, cancelled, reminder, started, completed
  number integer,                     -- of an update: its incident
  n integer not null default 0,       -- of an update: its entry
  maintenance_id text,                -- of planned work
  components text not null,           -- JSON: which components it concerns
  body text not null,                 -- of planned work: JSON, what is told; else empty
  not_before integer not null,
  created_at integer not null,
  reached text not null default '',   -- up to which subscriber letters are made
  ended_at integer                    -- when letters were made for all
) strict;
create unique index announcements_once on announcements (about, whom);
create index announcements_due on announcements (not_before, id) where ended_at is null;
create index announcements_number on announcements (number, whom) where number is not null;
create index announcements_work on announcements (maintenance_id) where maintenance_id is not null;
create index announcements_ended on announcements (ended_at) where ended_at is not null;

-- What one address is told, kept as the record of it.
create table told_outside (
  id integer primary key,
  about text not null,
  word text not null,                 -- as announcements; also confirm, already, challenge
  announcement_id integer,            -- none for what a subscription itself needs
  subscriber_id text,
  list_id text,
  channel text not null,              -- mail, webhook
  address text not null,
  language text not null,
  message_id text,                    -- given with the first attempt, the same at each
  state text not null default 'waiting',  -- waiting, sent, dead, withdrawn
  attempts integer not null default 0,
  next_at integer not null,           -- not attempted before
  taken_until integer,                -- until when a node has it
  created_at integer not null,
  ended_at integer,
  error text,                         -- what the last attempt ended with, or why it was not told
  bounced_at integer                  -- when a mail server said that it could not be delivered after all
) strict;
create unique index told_outside_once on told_outside (about, channel, address);
create index told_outside_waiting on told_outside (channel, next_at, id) where state = 'waiting';
create index told_outside_before on told_outside (address, channel, id) where state = 'waiting';
create index told_outside_subscriber on told_outside (subscriber_id) where subscriber_id is not null;
create index told_outside_ended on told_outside (ended_at) where ended_at is not null;

-- Up to which version subscribers were told of planned work.
create table maintenances_told (
  maintenance_id text primary key,
  version integer not null
) strict, without rowid;
