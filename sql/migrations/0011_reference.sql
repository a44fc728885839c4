-- How often the reference data changed. Whoever keeps a copy of them in memory compares this number first.
create table ref.revision (
    singular boolean primary key default true check (singular),
    revision bigint not null
);
insert into ref.revision (revision) values (1);

alter table ref.occupation add constraint occupation_status_check check (status in ('released', 'withdrawn'));
alter table ref.competence add constraint competence_status_check check (status in ('released', 'withdrawn'));
