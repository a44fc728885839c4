-- How often the reference data changed. Whoever keeps a copy of them in memory compares this number first.
create table ref.revision (
    singular boolean primary key default true check (singular),
    revision bigint not null
);
insert into ref.revision (revision) values (1);
