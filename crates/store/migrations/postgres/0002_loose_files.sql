-- Bytes that are, or may be, in the file store while no attachment may refer to them:
-- they arrived for a command that is still being decided, or their last attachment
-- was erased. What nobody claims any more is removed.
create table loose_files (
  hash text collate "C" primary key,
  claims bigint not null,             -- uploads whose command is still to come
  until bigint not null,              -- when those are taken for given up
  removing_at bigint                  -- since when somebody removes the bytes
);
create index attachments_name on attachments (name_content);
