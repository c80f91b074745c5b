-- Since when fetching a mailbox fails, and the message at which it does.
alter table mailbox_fetches add column failing_since integer;
alter table mailbox_fetches add column stuck_uid integer;
alter table mailbox_fetches add column stuck_turns integer not null default 0;
-- Since when a mailbox is watched to which nobody ever wrote.
alter table integrations add column watched_since integer;
