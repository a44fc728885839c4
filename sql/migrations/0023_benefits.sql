-- Benefits of candidates: an application, what became of it, and when and why it ended.

create domain app.benefit_kind as text check (value in ('assistance', 'ioaw', 'ioaz', 'ww', 'wia'));
create domain app.benefit_refusal as text check (value in ('not_entitled', 'found_work', 'own_means', 'no_information', 'withdrawn',
    'not_processed', 'moved', 'died', 'other'));
create domain app.benefit_end as text check (value in ('work', 'own_business', 'studies', 'relationship', 'moved', 'other_benefit', 'other_income',
    'pension_age', 'detention', 'no_information', 'own_request', 'died', 'other'));
create table app.benefit (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    candidate_id uuid not null,
    kind app.benefit_kind not null,
    state text not null default 'applied',
    applied_on date not null,
    from_day date,
    until_day date,
    refused_on date,
    refusal_reason app.benefit_refusal,
    end_reason app.benefit_end,
    month_cents bigint check (month_cents between 0 and 1000000),
    persons int not null default 1 check (persons between 1 and 20),
    exemptions jsonb not null default '[]',
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    constraint benefit_days_in_order check (until_day is null or from_day <= until_day),
    constraint benefit_granted_from_a_day check (state not in ('granted', 'ended') or from_day is not null),
    constraint benefit_ended_with_reason check (case state when 'ended' then num_nonnulls(until_day, end_reason) = 2
        when 'granted' then until_day is not null or end_reason is null else end_reason is null end),
    constraint benefit_last_day_with_reason check (until_day is null or end_reason is not null),
    constraint benefit_refused_with_reason check (num_nonnulls(refused_on, refusal_reason) = case state when 'refused' then 2 else 0 end),
    constraint benefit_once_at_a_time exclude using gist
        (tenant_id with =, candidate_id with =, (kind::text) with =, daterange(from_day, until_day, '[]') with &&) where (state in ('granted', 'ended'))
);
comment on column app.benefit.from_day is 'the first day for which it is paid; of an application the day that is asked for';
comment on column app.benefit.until_day is 'the last day for which it is paid';
comment on column app.benefit.end_reason is 'why it ended; of one that is granted, why it ends after its last day';
comment on column app.benefit.month_cents is 'what is paid for a whole month to the household, before anything is lowered';
comment on column app.benefit.persons is 'for how many persons of the household it is paid';
comment on column app.benefit.exemptions is 'from which obligations somebody is exempt, from when until when (Participatiewet, articles 9 and 9a)';
comment on constraint benefit_once_at_a_time on app.benefit is 'nobody has one kind of benefit twice on a day';
create unique index benefit_applied_once on app.benefit (tenant_id, candidate_id, kind) where state = 'applied';
create index benefit_by_application on app.benefit (tenant_id, applied_on, id);
create index benefit_by_candidate on app.benefit (tenant_id, candidate_id, applied_on, id);
create index benefit_by_state on app.benefit (tenant_id, state, applied_on, id);
create index benefit_changed_at on app.benefit (tenant_id, changed_at, id);
