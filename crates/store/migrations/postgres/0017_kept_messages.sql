-- The very same bytes are another message when nothing in them tells it from a copy.
drop index messages_once;
create index messages_same on messages (coalesce(mailbox_id, ''), hash);
-- What waits is read in its order: with the state in front, no other index seems better.
drop index messages_waiting;
create index messages_due on messages (state, next_at, id) where state = 'waiting';
-- Bytes of messages that are dealt with are kept for a time.
alter table messages add column bytes_kept bigint not null default 1;
create index messages_kept on messages (bytes_kept, ended_at)
  where bytes_kept = 1 and state in ('done', 'dropped');
