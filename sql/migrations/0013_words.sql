-- The words of a label, as people look for them. sql/functions/reference.sql fills them.
alter table ref.occupation add column words tsvector;
alter table ref.competence add column words tsvector;
create index occupation_by_word on ref.occupation using gin (words);
create index competence_by_word on ref.competence using gin (words);
