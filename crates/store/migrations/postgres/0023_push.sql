-- Browsers that people allowed to show news when no page is open. What is sent to one is
-- encrypted for it; its vendor's server at the endpoint hands it on.
create table push_subscriptions (
  id text collate "C" primary key,
  person_id text collate "C" not null references people (id),
  endpoint text collate "C" not null unique,      -- one browser is one person's
  p256dh text collate "C" not null,               -- its public key, base64url
  auth text collate "C" not null,                 -- the secret it shares with us, base64url
  label text collate "C" not null,                -- how its person knows it
  created_at bigint not null,
  ok_at bigint,                      -- when something was last taken for it
  failing_since bigint,              -- nothing was taken since
  rest_until bigint,                 -- its server asked to be left alone until then
  error text collate "C"                          -- what the last attempt ended with
);
create index push_subscriptions_person on push_subscriptions (person_id, created_at);

-- A delivery by the channel `push` is to one browser: its address is the subscription's id.
drop index deliveries_once;
create unique index deliveries_once on deliveries (number, n, word, person_id, channel) where channel <> 'push';
create unique index deliveries_once_push on deliveries (number, n, word, address) where channel = 'push';
create index deliveries_push on deliveries (channel, next_at, id) where state = 'waiting' and channel = 'push';
create index deliveries_pushed on deliveries (address, ended_at) where state = 'sent' and channel = 'push';
