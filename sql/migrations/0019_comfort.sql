-- What a working day needs: who handles what, names beside identifiers, labels in two languages, origins of portals.

-- What colleagues, and those who work with them, may know of each other. A trigger makes it of app.user_account; it is a table of
-- its own because it is open to everybody of the municipality, and an account is not.
create table app.colleague (
    tenant_id int not null,
    id uuid not null,
    name app.line_120 not null,
    role text not null,
    phone app.text_20,
    active boolean not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, id) references app.user_account (tenant_id, id) on delete cascade
);
create index colleague_by_name on app.colleague (tenant_id, name, id);
alter table app.user_account add column phone app.text_20;

-- Who handles a vacancy, and who goes along with a candidate.
alter table app.vacancy add column assignee_id uuid,
    add foreign key (tenant_id, assignee_id) references app.user_account (tenant_id, id);
create index vacancy_by_assignee on app.vacancy (tenant_id, assignee_id, reported_at, id) where assignee_id is not null;
alter table app.candidate add column coach_id uuid,
    add foreign key (tenant_id, coach_id) references app.user_account (tenant_id, id);
create index candidate_by_coach on app.candidate (tenant_id, coach_id, changed_at, id) where coach_id is not null;
create index employer_by_account_manager on app.employer (tenant_id, account_manager_id, name, id) where account_manager_id is not null;

-- Whose candidate it is: a copy of three columns of the candidate, so that the wall of proposals can ask them. Triggers keep it.
alter table app.proposal add column candidate_case_manager_id uuid, add column candidate_coach_id uuid,
    add column candidate_organisation_id uuid;
comment on column app.proposal.candidate_case_manager_id is 'with candidate_coach_id and candidate_organisation_id: as the candidate has them now';
update app.proposal p set candidate_case_manager_id = c.case_manager_id, candidate_coach_id = c.coach_id,
    candidate_organisation_id = c.organisation_id
from app.candidate c where c.tenant_id = p.tenant_id and c.id = p.candidate_id;

-- What the rules say, once the supply is counted.
alter table app.vacancy_supply add column advice app.screening_advice;

-- The labels of occupations and competences: in each language one that is preferred, and others that people also say.
create table ref.occupation_label (
    occupation_id uuid not null references ref.occupation on delete cascade,
    language text not null check (language in ('nl', 'en')),
    label text not null,
    preferred boolean not null,
    label_search text collate app.names not null,
    words tsvector not null,
    primary key (occupation_id, language, label)
);
create unique index occupation_label_preferred on ref.occupation_label (occupation_id, language) where preferred;
create index occupation_label_in_order on ref.occupation_label (language, label_search, occupation_id) where preferred;
create index occupation_label_by_word on ref.occupation_label using gin (words);
create table ref.competence_label (
    competence_id uuid not null references ref.competence on delete cascade,
    language text not null check (language in ('nl', 'en')),
    label text not null,
    preferred boolean not null,
    label_search text collate app.names not null,
    words tsvector not null,
    primary key (competence_id, language, label)
);
create unique index competence_label_preferred on ref.competence_label (competence_id, language) where preferred;
create index competence_label_in_order on ref.competence_label (language, label_search, competence_id) where preferred;
create index competence_label_by_word on ref.competence_label using gin (words);
alter table ref.occupation drop column words;
alter table ref.competence drop column words;

-- The portals in whose pages browsers may call this API for a municipality (CORS). None, unless somebody says so.
alter table ref.tenant add column origins text[] not null default '{}',
    add constraint tenant_origins_check check (
        array_to_string(origins, ' ') ~ '^((https://[a-z0-9.-]+|http://(localhost|127[.]0[.]0[.]1))(:[0-9]{1,5})?( (?!$)|$))*$'
        and char_length(array_to_string(origins, ' ')) <= 1000);
