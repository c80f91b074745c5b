-- What a person reads: en, de, fr, es, pt, pl; null is the instance's.
alter table people add column language text;
-- What administrators say in letters instead of our words; what is empty is ours.
create table letter_texts (
  kind text not null,
  language text not null,
  subject text not null,
  opening text not null,
  closing text not null,
  version integer not null,
  primary key (kind, language)
) strict, without rowid;
