-- Indexes of deliveries that serve what is asked often, and cost nothing where they do not: most
-- rows are entries of inboxes, which are there at once and wait for nothing.
drop index deliveries_waiting;
drop index deliveries_push;
create index deliveries_due on deliveries (channel, next_at, id) where state = 'waiting';
-- What the mail settings list and count by state, but for what waits or has left, which is found
-- without.
drop index deliveries_state;
create index deliveries_unsent on deliveries (state, id) where channel = 'email' and state in ('dead', 'withdrawn');
drop index deliveries_ended;
create index deliveries_ended on deliveries (ended_at) where ended_at is not null;
-- No statement could use it.
drop index deliveries_held;

-- Browsers that take no push any more because their vendor ended it, until their person has seen it.
create table push_ended (
  id text collate "C" primary key,
  person_id text collate "C" not null references people (id),
  label text collate "C" not null,                -- how its person knew it
  ended_at bigint not null
);
create index push_ended_person on push_ended (person_id, ended_at);
