-- What came in by mail: kept before its sender is told that it arrived, then understood.
create table messages (
  id integer primary key,
  mailbox_id text,                    -- the integration it came to
  door text not null,                 -- http, smtp, lmtp, pipe, imap
  sender text not null,               -- of the envelope; empty for what mail servers report
  recipients text not null,           -- JSON: of the envelope
  received_at integer not null,
  hash text not null,                 -- of its bytes
  size_bytes integer not null,
  copies integer not null default 1,  -- how often the very same bytes came
  -- What it says, known once it was read.
  message_id text,
  body_hash text,                     -- of what follows the header
  from_address text,
  from_domain text,
  subject text not null default '',
  automatic integer not null default 0,   -- no person wrote it
  -- What became of it.
  state text not null default 'waiting',  -- waiting, done, quarantined, dropped
  rule text,                          -- by which it was decided
  reason text,                        -- why, in words
  number integer,                     -- the incident
  n integer,                          -- its entry in the timeline
  public integer not null default 1,  -- whether that entry is for everybody concerned
  reopened integer not null default 0,    -- whether it reopened the incident
  suggested integer,                  -- the incident that it may belong to
  released text,                      -- how a person let it in: as_new, into
  step integer not null default 0,    -- commands that are done
  attempts integer not null default 0,
  next_at integer not null,           -- not attempted before
  taken_until integer,                -- until when a node has it
  ended_at integer
) strict;
-- The very same bytes in the same mailbox are the same message.
create unique index messages_once on messages (coalesce(mailbox_id, ''), hash);
create index messages_waiting on messages (next_at, id) where state = 'waiting';
create index messages_state on messages (state, id);
create index messages_received on messages (received_at);
create index messages_message_id on messages (message_id) where message_id is not null;
create index messages_from on messages (from_address, received_at) where from_address is not null;
create index messages_domain on messages (from_domain, received_at) where from_domain is not null;
create index messages_incident on messages (number, from_address, received_at) where number is not null;

-- The bytes of messages, in pieces, so that a long one is not one row.
create table message_pieces (
  message integer not null,
  piece integer not null,
  bytes blob not null,
  primary key (message, piece)
) strict;

-- What others call our incidents: the numbers in their subjects.
create table message_references (
  counterpart text not null,          -- a domain; an address where anybody gets one of the domain
  reference text not null,
  number integer not null,
  seen_at integer not null,
  primary key (counterpart, reference)
) strict, without rowid;

-- What people were told about mail that got out of hand.
create table message_alarms (
  about text primary key,
  raised_at integer not null,
  number integer not null             -- the incident that tells it
) strict, without rowid;

-- When a mail server said that it could not be delivered after all.
alter table deliveries add column bounced_at integer;
create index deliveries_bounced on deliveries (address, bounced_at) where bounced_at is not null;
create index deliveries_address on deliveries (address, ended_at) where state = 'sent';
