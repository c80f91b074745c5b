-- What attached files say, read once in the background, so that they are found by it. Goes with
-- the attachment.
create table file_texts (
  attachment_id text primary key,
  reader integer not null,            -- version of what read it; a later one reads it anew
  body text,                          -- what it says; null where it was not read
  why text                            -- why it was not read
) strict, without rowid;

-- What people said of incidents that were shown as alike.
create table similar_feedback (
  number integer not null,            -- the incident beside which it was shown
  other integer not null,             -- the one that was shown
  person_id text not null,
  helped integer not null,            -- 1: it helped, 0: it is not alike
  at integer not null,
  primary key (number, other, person_id)
) strict, without rowid;
create index similar_feedback_other on similar_feedback (other, helped);
