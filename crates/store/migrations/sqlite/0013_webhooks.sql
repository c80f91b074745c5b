-- Programs elsewhere, and chat rooms, that are told what happens.
create table webhooks (
  id text primary key,
  name text not null,
  kind text not null,                 -- standard, slack, mattermost, teams, matrix
  url text not null,
  active integer not null default 1,
  body text not null,                 -- JSON: which events, on which condition, how much of them
  secret text not null,               -- signs what is sent; the token of a chat room
  secret_before text,                 -- signs, too, for a while after a change
  before_until integer,
  created_at integer not null,
  version integer not null default 1,
  -- How far it is, and how well it goes; these change without a new version.
  position integer,                   -- in the feed; null: begin at its head
  failures integer not null default 0,    -- in a row
  failing_since integer,
  ok_at integer,                      -- when something last arrived
  rest_until integer,                 -- it asked to be left alone until then
  off_because text                    -- why it was switched off by itself
) strict, without rowid;
-- What one webhook is told of one event, kept as the record of it.
create table webhook_messages (
  id integer primary key,
  webhook_id text not null,
  seq integer,                        -- the event; null for a message that tries it out
  number integer,                     -- its incident
  kind text not null,                 -- what kind of event
  message_id text not null,           -- the same at each attempt, and when it is replayed
  state text not null default 'waiting',  -- waiting, sent, dead, withdrawn
  attempts integer not null default 0,
  next_at integer not null,           -- not attempted before
  taken_until integer,                -- until when a node has it
  created_at integer not null,
  ended_at integer,
  status integer,                     -- of the last answer
  answer text,                        -- its beginning
  took_ms integer,
  error text                          -- why the last attempt failed, or why it was not sent
) strict;
create unique index webhook_messages_once on webhook_messages (webhook_id, seq);
create index webhook_messages_waiting on webhook_messages (webhook_id, next_at, id) where state = 'waiting';
create index webhook_messages_before on webhook_messages (webhook_id, number, seq) where state = 'waiting';
create index webhook_messages_dead on webhook_messages (webhook_id) where state = 'dead';
create index webhook_messages_list on webhook_messages (webhook_id, id);
create index webhook_messages_ended on webhook_messages (ended_at) where ended_at is not null;
