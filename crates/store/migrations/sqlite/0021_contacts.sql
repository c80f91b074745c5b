-- How people are reached when they are paged. Nothing is sent to a way before it was shown that
-- it reaches them.
create table contact_methods (
  id text primary key,
  person_id text not null references people (id),
  channel text not null,              -- web_push, ntfy, telegram, slack, mattermost, teams, sms, voice, email
  address text not null,              -- a number, an address, a topic, a browser
  label text not null,                -- how its person calls it; may be empty
  created_at integer not null,
  verified_at integer,                -- since when it is used
  code_hash blob,                     -- of the code that waits to be said
  code_until integer,                 -- until when it may be said
  code_tries integer not null default 0,  -- wrong ones since it was sent
  codes_sent integer not null default 0,  -- messages sent by hand, codes and tests, since codes_since
  codes_since integer,
  sent_at integer,                    -- when something was last taken for it
  proved_at integer,                  -- when it was last shown that it reaches them
  failing_since integer,              -- nothing was taken since
  error text                          -- what the last attempt ended with, while it fails
) strict, without rowid;
create unique index contact_methods_once on contact_methods (person_id, channel, address);

-- Which way after how many minutes.
create table contact_rules (
  person_id text not null references people (id),
  urgency text not null,              -- high, low
  after_minutes integer not null,
  contact_id text not null references contact_methods (id),
  primary key (person_id, urgency, after_minutes, contact_id)
) strict, without rowid;
create index contact_rules_of on contact_rules (contact_id);
