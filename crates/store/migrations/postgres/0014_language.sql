-- What a person reads: en, de, fr, es, pt, pl; null is the instance's.
alter table people add column language text collate "C";
-- What administrators say in letters instead of our words; what is empty is ours.
create table letter_texts (
  kind text collate "C" not null,
  language text collate "C" not null,
  subject text collate "C" not null,
  opening text collate "C" not null,
  closing text collate "C" not null,
  version bigint not null,
  primary key (kind, language)
);
