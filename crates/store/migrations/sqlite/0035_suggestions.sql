-- What the organisation's own history tells of a field: the model that was trained last.
create table suggestion_models (
  field text primary key,             -- service, category, team, priority
  version integer not null,           -- counts the trainings
  reader integer not null,            -- by which version of the program's format it can be read
  trained_at integer not null,
  history integer not null,           -- number of the last incident by then
  summary text not null,              -- JSON: how it was measured
  body blob not null
) strict, without rowid;

-- What was suggested of a field, once it was shown to somebody, and what became of it.
create table suggestions (
  number integer not null,
  field text not null,
  value text not null,
  probability integer not null,       -- in thousandths
  model integer not null,             -- version of the model
  standing text,                      -- what stood there when it was shown
  shown_at integer,                   -- null: carried out without being shown
  outcome text,                       -- accepted, corrected, dismissed, ignored; null: nobody decided
  at integer,
  decided_by text,                    -- a person; null: the product itself, or seen afterwards
  primary key (number, field)
) strict, without rowid;
create index suggestions_open on suggestions (number, field) where outcome is null;
