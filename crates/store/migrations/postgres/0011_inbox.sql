-- What somebody is told within the product: a delivery by the channel `inbox`, without an
-- address, sent when it is there.
alter table deliveries add column read_at bigint;
-- One person's inbox, and what of it is unread.
create index deliveries_inbox on deliveries (person_id, id) where channel = 'inbox';
create index deliveries_unread on deliveries (person_id, number) where channel = 'inbox' and state = 'sent' and read_at is null;
-- Whose inbox changed since an instant.
create index deliveries_arrived on deliveries (ended_at) where channel = 'inbox';
create index deliveries_read on deliveries (read_at) where read_at is not null;
