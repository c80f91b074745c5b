-- Reports that are sent by themselves.
create table report_mailings (
  id text collate "C" primary key,
  owner_id text collate "C" not null,
  report text collate "C" not null,               -- which: compliance, times and so on
  lines text collate "C" not null,                -- what its lines are
  query text collate "C" not null,                -- of which incidents; empty: all
  zone text collate "C" not null,                 -- whose days and hours
  past text collate "C" not null,                 -- of which days: yesterday, last_week and so on
  pace text collate "C" not null,                 -- daily, weekly, monthly
  day bigint not null,                -- of the week from Monday, 1, or of the month
  hour bigint not null,
  people text collate "C" not null,               -- JSON: the ids of those who get it
  done_until bigint not null,         -- what was due until then was sent, or is not to be
  version bigint not null default 1
);
create index report_mailings_owner on report_mailings (owner_id);

-- To whom what was due when was handed to the mail: once.
create table report_mails (
  mailing_id text collate "C" not null,
  due_at bigint not null,
  person_id text collate "C" not null,
  primary key (mailing_id, due_at, person_id)
);
