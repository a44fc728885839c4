-- Shortlists: the runs of the matching worker and what they found.

-- One run per input version of a vacancy. Written by the matching worker, read by placements.
create table app.match_run (
    tenant_id int not null,
    id uuid not null,
    vacancy_id uuid not null,
    match_input bigint not null,
    rules_version text not null,
    taxonomy text not null,
    input_digest text not null,
    asked int not null,
    considered int not null,
    suitable int not null,
    shortfall int not null,
    excluded jsonb not null,
    made_at timestamptz not null,
    primary key (tenant_id, id),
    constraint match_run_once unique (tenant_id, vacancy_id, match_input),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id)
);

create domain app.match_result_rank as int check (value >= 1);
create domain app.match_result_score as int check (value between 0 and 10000);
create table app.match_result (
    tenant_id int not null,
    run_id uuid not null,
    rank app.match_result_rank not null,
    candidate_id uuid not null,
    score app.match_result_score not null,
    explanation jsonb not null,
    primary key (tenant_id, run_id, rank),
    constraint match_result_once unique (tenant_id, run_id, candidate_id),
    foreign key (tenant_id, run_id) references app.match_run (tenant_id, id) on delete cascade,
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);
create index match_result_by_candidate on app.match_result (tenant_id, candidate_id, run_id);
