-- Instruments: what a municipality gives so that a placement comes about and lasts, and how much of a wage somebody's work is worth.

create domain app.instrument_kind as text check (value in ('wage_cost_subsidy', 'flat_rate_subsidy', 'wage_supplement', 'no_risk', 'trial', 'job_coach',
    'adaptation', 'return_option', 'travel_costs', 'course_costs'));
create domain app.instrument_refuse_reason as text check (value in ('conditions_not_met', 'no_budget', 'displacement', 'not_needed', 'asked_by_mistake', 'other'));
create domain app.instrument_end_reason as text check (value in ('end_of_term', 'placement_ended', 'not_needed', 'converted', 'used', 'not_used', 'other'));
create domain app.instrument_cents as bigint check (value between 0 and 10000000);
create domain app.instrument_percentage as int check (value between 0 and 100);

-- What an instrument of a kind is. Two of one family never overlap for one person.
create table ref.instrument_kind (
    kind app.instrument_kind primary key,
    family text not null,
    title_nl text not null,
    title_en text not null,
    subsidises boolean not null,
    needs_contract boolean not null,
    needs_end boolean not null,
    monthly boolean not null
);
comment on table ref.instrument_kind is 'subsidises: it makes work cheaper, so it may push out regular work; monthly: an amount is one of each month';
insert into ref.instrument_kind (kind, family, title_nl, title_en, subsidises, needs_contract, needs_end, monthly) values
    ('wage_cost_subsidy', 'wage',          'Loonkostensubsidie',            'Wage-cost subsidy',           true,  true,  false, true),
    ('flat_rate_subsidy', 'wage',          'Forfaitaire loonkostensubsidie', 'Flat-rate wage-cost subsidy', true,  true,  true,  true),
    ('wage_supplement',   'wage',          'Loonsuppletie',                 'Wage supplement',             true,  true,  true,  true),
    ('no_risk',           'no_risk',       'No-riskpolis',                  'No-risk policy',              false, true,  false, false),
    ('trial',             'trial',         'Proefplaats',                   'Trial placement',             true,  false, true,  false),
    ('job_coach',         'job_coach',     'Jobcoach',                      'Job coach',                   false, false, true,  true),
    ('adaptation',        'adaptation',    'Aanpassing van de werkplek',    'Adaptation of the workplace', false, false, false, false),
    ('return_option',     'return_option', 'Terugkeeroptie',                'Return option',               false, true,  true,  false),
    ('travel_costs',      'travel_costs',  'Reiskosten',                    'Travel costs',                false, false, true,  true),
    ('course_costs',      'course_costs',  'Cursuskosten',                  'Course costs',                false, false, true,  false);

-- What can be missing before an instrument is granted, in words, with the article that asks for it.
create table ref.instrument_need (
    code text primary key check (code ~ '^[a-z_]{2,40}$'),
    place int not null,
    said_nl text not null,
    said_en text not null,
    source text not null
);
insert into ref.instrument_need (code, place, said_nl, said_en, source) values
    ('placement_over', 10, 'De plaatsing loopt niet (meer).', 'The placement does not count any more.', 'ours'),
    ('outside_placement', 20, 'De periode valt niet binnen de plaatsing.', 'The period lies outside the placement.', 'ours'),
    ('end', 30, 'De einddatum ontbreekt.', 'The last day is missing.', 'ours'),
    ('contract', 40, 'Er is geen arbeidsovereenkomst.', 'There is no contract of employment.', 'Participatiewet (BWBR0015703), article 10c, paragraph 1'),
    ('benefit', 50, 'Een proefplaats is met behoud van uitkering, en die is er niet.', 'A trial placement keeps the benefit, and there is none.', 'Participatiewet (BWBR0015703), article 8a, paragraph 2, under d'),
    ('wage', 60, 'Op een proefplaats wordt geen loon betaald.', 'No wage is paid in a trial placement.', 'Participatiewet (BWBR0015703), article 8a, paragraph 2, under d'),
    ('trial_term', 70, 'Een proefplaats duurt ten hoogste twee maanden.', 'A trial placement lasts two months at most.', 'Participatiewet (BWBR0015703), article 8a, paragraph 2, under d'),
    ('trial_term_whole', 80, 'Met verlengingen duurt een proefplaats ten hoogste zes maanden.', 'With extensions a trial placement lasts six months at most.', 'Participatiewet (BWBR0015703), article 8a, paragraph 2, under d'),
    ('intention', 90, 'De werkgever heeft niet de intentie van een contract van ten minste zes maanden.', 'The employer has no intention of a contract of at least six months.', 'Participatiewet (BWBR0015703), article 8a, paragraph 2, under d'),
    ('worked_there', 100, 'De persoon heeft al eerder bij deze werkgever gewerkt.', 'The person has worked for this employer before.', 'Participatiewet (BWBR0015703), article 8a, paragraph 2, under d'),
    ('wage_value', 110, 'Er is geen loonwaarde vastgesteld waarmee deze subsidie kan.', 'No wage value was measured with which this subsidy can be granted.', 'Participatiewet (BWBR0015703), article 10d, paragraph 1'),
    ('full_wage_value', 120, 'Met een loonwaarde van 100 procent is er geen loonkostensubsidie.', 'With a wage value of 100 per cent there is no wage-cost subsidy.', 'Participatiewet (BWBR0015703), article 10d, paragraph 4'),
    ('ceiling', 130, 'Het percentage is hoger dan toegestaan.', 'The percentage is higher than allowed.', 'Participatiewet (BWBR0015703), article 10d, paragraphs 4 and 5'),
    ('flat_term', 140, 'Forfaitair wordt ten hoogste zes maanden gesubsidieerd.', 'A flat rate is paid for six months at most.', 'Participatiewet (BWBR0015703), article 10d, paragraph 1, under b'),
    ('twice_for_a_job', 150, 'Voor deze dienstbetrekking is er al een andere loonsubsidie.', 'There is another wage subsidy for this job already.', 'Participatiewet (BWBR0015703), article 10d, paragraph 9'),
    ('asked_too_soon', 160, 'Er is in de afgelopen twaalf maanden al een aanvraag gedaan.', 'It was asked for in the last twelve months already.', 'Participatiewet (BWBR0015703), article 10c, paragraph 2'),
    ('amount', 170, 'Het bedrag ontbreekt.', 'The amount is missing.', 'ours'),
    ('amount_over', 180, 'Het bedrag is hoger dan toegestaan.', 'The amount is higher than allowed.', 'ours: a rule of the municipality'),
    ('term', 190, 'De periode is langer dan toegestaan.', 'The period is longer than allowed.', 'ours: a rule of the municipality'),
    ('project', 200, 'Het project staat deze voorziening niet toe.', 'The project does not allow this instrument.', 'ours: what the project agreed'),
    ('displacement', 210, 'Het overleg over verdringing is niet afgerond.', 'The consult about displacement has not ended.', 'Participatiewet (BWBR0015703), article 10a, paragraph 1')
on conflict (code) do nothing;

-- How much of the wage that goes with the job somebody's work is worth, as it was measured. Nothing is changed afterwards: a new measurement replaces it.
create table app.wage_value (
    tenant_id int not null,
    id uuid not null,
    placement_id uuid not null,
    candidate_id uuid not null,
    measured_on date not null,
    percentage app.instrument_percentage not null,
    method app.line_120 not null,
    measured_by app.line_120,
    valid_until date,
    noted_on date not null,
    noted_by uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, placement_id) references app.placement (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    constraint wage_value_valid_after check (valid_until >= measured_on),
    constraint wage_value_not_ahead check (measured_on <= noted_on)
);
create index wage_value_by_day on app.wage_value (tenant_id, measured_on, id);
create index wage_value_by_placement on app.wage_value (tenant_id, placement_id, measured_on, id);
create index wage_value_by_candidate on app.wage_value (tenant_id, candidate_id, measured_on, id);

create table app.instrument (
    tenant_id int not null,
    id uuid not null,
    placement_id uuid not null,
    candidate_id uuid not null,
    employer_id uuid,
    project_id uuid,
    kind app.instrument_kind not null references ref.instrument_kind,
    family text not null,
    state text not null default 'asked',
    asked_on date not null,
    from_day date not null,
    until_day date,
    days_suspended int not null default 0,
    last_day date,
    percentage app.instrument_percentage,
    amount_cents app.instrument_cents,
    intention_months int,
    extends_id uuid,
    wage_value_id uuid,
    decide_by timestamptz,
    decided_on date,
    decided_by uuid,
    refuse_reason app.instrument_refuse_reason,
    end_reason app.instrument_end_reason,
    ended_on date,
    rule_id uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, placement_id) references app.placement (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, extends_id) references app.instrument (tenant_id, id),
    foreign key (tenant_id, wage_value_id) references app.wage_value (tenant_id, id),
    constraint instrument_days_in_order check (until_day >= from_day),
    constraint instrument_intention_is_short check (intention_months between 0 and 60),
    constraint instrument_refused_with_reason check (state <> 'refused' or refuse_reason is not null),
    constraint instrument_ended_with_reason check (state <> 'ended' or (end_reason is not null and ended_on is not null)),
    -- one of a family at a time for one person; what was refused or withdrawn takes no days, and what has ended those until its end
    constraint instrument_once_at_a_time exclude using gist (tenant_id with =, candidate_id with =, family with =,
            (daterange(from_day, case when ended_on is not null then greatest(least(coalesce(last_day, ended_on), ended_on), from_day) else last_day end, '[]')) with &&)
        where (state in ('asked', 'granted', 'ended'))
);
comment on column app.instrument.until_day is 'the last day as it was granted';
comment on column app.instrument.last_day is 'that day, moved by the days on which it stood still: a trigger keeps it';
comment on column app.instrument.amount_cents is 'of each month, or in all (ref.instrument_kind.monthly); of a wage-cost subsidy nobody says it: it follows from the percentage';
comment on column app.instrument.intention_months is 'of a trial placement: the contract that the employer intends afterwards, in months';
comment on column app.instrument.rule_id is 'the rule of its kind by which it was granted';
create index instrument_by_change on app.instrument (tenant_id, changed_at, id);
create index instrument_by_end on app.instrument (tenant_id, last_day, id);
create index instrument_by_placement on app.instrument (tenant_id, placement_id, changed_at, id);
create index instrument_by_candidate on app.instrument (tenant_id, candidate_id, changed_at, id);
create index instrument_by_employer on app.instrument (tenant_id, employer_id, changed_at, id) where employer_id is not null;
create index instrument_extended_by on app.instrument (tenant_id, extends_id) where extends_id is not null;

-- Days on which an instrument stood still, such as those of an illness: its last day moves by the days that this really took.
create table app.instrument_suspension (
    tenant_id int not null,
    instrument_id uuid not null,
    from_day date not null,
    until_day date not null,
    primary key (tenant_id, instrument_id, from_day),
    foreign key (tenant_id, instrument_id) references app.instrument (tenant_id, id),
    constraint suspension_days_in_order check (until_day >= from_day - 1),
    constraint suspension_once_at_a_time exclude using gist (tenant_id with =, instrument_id with =, (daterange(from_day, until_day, '[]')) with &&)
);
comment on column app.instrument_suspension.until_day is 'the last day; when the work starts again earlier, the day before that';
