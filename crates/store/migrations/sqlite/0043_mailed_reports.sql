-- Reports that are sent by themselves.
create table report_mailings (
  id text primary key,
  owner_id text not null,
  report text not null,               -- which: compliance, times and so on
  lines text not null,                -- what its lines are
  query text not null,                -- of which incidents; empty: all
  zone text not null,                 -- whose days and hours
  past text not null,                 -- of which days: yesterday, last_week and so on
  pace text not null,                 -- daily, weekly, monthly
  day integer not null,                -- of the week from Monday, 1, or of the month
  hour integer not null,
  people text not null,               -- JSON: the ids of those who get it
  done_until integer not null,         -- what was due until then was sent, or is not to be
  version integer not null default 1
) strict, without rowid;
create index report_mailings_owner on report_mailings (owner_id);

-- To whom what was due when was handed to the mail: once.
create table report_mails (
  mailing_id text not null,
  due_at integer not null,
  person_id text not null,
  primary key (mailing_id, due_at, person_id)
) strict, without rowid;
