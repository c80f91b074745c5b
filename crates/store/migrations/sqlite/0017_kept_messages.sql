-- The very same bytes are another message when nothing in them tells it from a copy.
drop index messages_once;
create index messages_same on messages (coalesce(mailbox_id, ''), hash);
-- Bytes of messages that are dealt with are kept for a time.
alter table messages add column bytes_kept integer not null default 1;
create index messages_kept on messages (ended_at) where bytes_kept = 1 and state in ('done', 'dropped');
