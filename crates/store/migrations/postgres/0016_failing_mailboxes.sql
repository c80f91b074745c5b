-- Since when fetching a mailbox fails, and the message at which it does.
alter table mailbox_fetches add column failing_since bigint;
alter table mailbox_fetches add column stuck_uid bigint;
alter table mailbox_fetches add column stuck_turns bigint not null default 0;
-- Since when a mailbox is watched to which nobody ever wrote.
alter table integrations add column watched_since bigint;
