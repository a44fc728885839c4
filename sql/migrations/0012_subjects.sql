-- What a general row is about: a task, a message, a mandate or a note can be about a row of any noun.

-- A row stands here from the moment that something refers to it. It says behind which wall that something is, and whom it concerns.
create domain app.wall_name as text check (value in ('person', 'measure', 'employer', 'region', 'general'));
create table app.subject (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    noun text not null,
    wall app.wall_name not null,
    candidate_id uuid,
    employer_id uuid,
    primary key (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    constraint subject_of_a_person check (wall not in ('person', 'measure') or candidate_id is not null)
);
comment on table app.subject is 'the rows of nouns that something refers to, made when it first does (app.refer_to)';
create index subject_by_candidate on app.subject (tenant_id, candidate_id) where candidate_id is not null;
create index subject_by_employer on app.subject (tenant_id, employer_id) where employer_id is not null;
