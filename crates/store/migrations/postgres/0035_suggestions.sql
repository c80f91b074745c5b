-- What the organisation's own history tells of a field: the model that was trained last.
create table suggestion_models (
  field text collate "C" primary key,             -- service, category, team, priority
  version bigint not null,           -- counts the trainings
  reader bigint not null,            -- by which version of the program's format it can be read
  trained_at bigint not null,
  history bigint not null,           -- number of the last incident by then
  summary text not null,              -- JSON: how it was measured
  body bytea not null
);

-- What was suggested of a field, once it was shown to somebody, and what became of it.
create table suggestions (
  number bigint not null,
  field text collate "C" not null,
  value text collate "C" not null,
  probability bigint not null,       -- in thousandths
  model bigint not null,             -- version of the model
  standing text collate "C",                 -- what stood there when it was shown
  shown_at bigint,                   -- null: carried out without being shown
  outcome text collate "C",                 -- accepted, corrected, dismissed, ignored; null: nobody decided
  at bigint,
  decided_by text collate "C",                 -- a person; null: the product itself, or seen afterwards
  primary key (number, field)
);
create index suggestions_open on suggestions (number, field) where outcome is null;
