-- How people are reached when they are paged. Nothing is sent to a way before it was shown that
-- it reaches them.
create table contact_methods (
  id text collate "C" primary key,
  person_id text collate "C" not null references people (id),
  channel text collate "C" not null,              -- web_push, ntfy, telegram, slack, mattermost, teams, sms, voice, email
  address text collate "C" not null,              -- a number, an address, a topic, a browser
  label text collate "C" not null,                -- how its person calls it; may be empty
  created_at bigint not null,
  verified_at bigint,                -- since when it is used
  code_hash bytea,                     -- of the code that waits to be said
  code_until bigint,                 -- until when it may be said
  code_tries bigint not null default 0,  -- wrong ones since it was sent
  codes_sent bigint not null default 0,  -- messages sent by hand, codes and tests, since codes_since
  codes_since bigint,
  sent_at bigint,                    -- when something was last taken for it
  proved_at bigint,                  -- when it was last shown that it reaches them
  failing_since bigint,              -- nothing was taken since
  error text collate "C"                          -- what the last attempt ended with, while it fails
);
create unique index contact_methods_once on contact_methods (person_id, channel, address);

-- Which way after how many minutes.
create table contact_rules (
  person_id text collate "C" not null references people (id),
  urgency text collate "C" not null,              -- high, low
  after_minutes bigint not null,
  contact_id text collate "C" not null references contact_methods (id),
  primary key (person_id, urgency, after_minutes, contact_id)
);
create index contact_rules_of on contact_rules (contact_id);
