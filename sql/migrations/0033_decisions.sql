-- Decisions about the obligations of people, what is asked about them afterwards, and objections to them.

create domain app.decision_kind as text check (value in ('warning', 'lowering', 'ending', 'consequence', 'premium', 'cost'));
create domain app.decision_duty as text check (value in ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'));
create domain app.decision_category as text check (value ~ '^[a-z0-9_]{1,40}$');
create domain app.decision_blame as text check (value in ('none', 'reduced', 'full', 'grave'));
create domain app.decision_seriousness as text check (value in ('slight', 'ordinary', 'grave'));
create domain app.decision_circumstances as text check (value in ('none', 'care', 'debts', 'health', 'housing', 'children', 'other'));
create domain app.decision_urgency as text check (value in ('none', 'partly', 'fully'));
create domain app.decision_own_role as text check (value in ('none', 'partly', 'mainly'));
create domain app.decision_adjusting as text check (value in ('reduced_blame', 'circumstances', 'urgent_reasons', 'own_role', 'seriousness'));
create domain app.decision_skip_ground as text check (value in ('awb_4_11_a', 'awb_4_11_b', 'awb_4_12', 'ordinance'));
create domain app.decision_revise_reason as text check (value in ('return', 'reconsideration', 'objection', 'correction'));
create domain app.decision_withdraw_reason as text check (value in ('objection', 'mistaken', 'no_blame', 'urgent_reasons', 'other'));
create domain app.decision_cents as bigint check (value between 0 and 10000000);
create domain app.decision_percentage as int check (value between 0 and 100);
create domain app.decision_channel as text check (value in ('letter', 'e_mail', 'in_person', 'portal', 'phone'));
create domain app.decision_receipt as text check (value in ('signed', 'witnessed', 'stated'));

-- What a decision of a kind is: whether it is adverse, so that the person is heard first (Awb 4:8), and what it says.
create table ref.decision_kind (
    kind app.decision_kind primary key,
    title_nl text not null,
    title_en text not null,
    adverse boolean not null,
    lowers boolean not null,
    pays boolean not null
);
comment on table ref.decision_kind is 'lowers: it has a percentage and a period, and no two hold on one day; pays: it has an amount that is paid once';
insert into ref.decision_kind (kind, title_nl, title_en, adverse, lowers, pays) values
    ('warning',     'Waarschuwing',             'Warning',                       true,  false, false),
    ('lowering',    'Verlaging',                'Lowering',                      true,  true,  false),
    ('ending',      'Beëindiging',              'Ending',                        true,  false, false),
    ('consequence', 'Gevolg voor een aanvraag', 'Consequence on an application', true,  false, false),
    ('premium',     'Premie',                   'Premium',                       false, false, true),
    ('cost',        'Kostenvergoeding',         'Costs',                         false, false, true);

-- What can be missing before something is decided, in words, with the article that asks for it.
create table ref.decision_need (
    code text primary key check (code ~ '^[a-z_]{2,40}$'),
    place int not null,
    said_nl text not null,
    said_en text not null,
    source text not null
);
insert into ref.decision_need (code, place, said_nl, said_en, source) values
    ('machine', 10, 'Een programma neemt geen besluit.', 'A program decides nothing.', 'GDPR article 22; Participatiewet (BWBR0015703), article 18'),
    ('decider', 20, 'U bent niet bevoegd om te besluiten.', 'You are not empowered to decide.', 'Awb (BWBR0005537), article 10:3'),
    ('second_person', 30, 'Wie het concept schreef, besluit niet.', 'Whoever wrote the draft does not decide.', 'ours: two persons see every decision; Awb (BWBR0005537), article 2:4'),
    ('died', 40, 'De persoon is overleden.', 'The person has died.', 'ours'),
    ('signal_not_looked_into', 50, 'Een melding is nog niet onderzocht.', 'A signal has not been looked into.', 'Awb (BWBR0005537), article 3:2'),
    ('signal_excused', 60, 'Uit het onderzoek van een melding blijkt geen gedrag dat telt.', 'What was found of a signal is no conduct that counts.', 'Awb (BWBR0005537), article 3:2'),
    ('rules_not_known', 70, 'Niet bewezen is dat de persoon de regels kreeg vóór het gedrag.', 'It is not proved that the person got the rules before the conduct.', 'Participatiewet (BWBR0015703), article 18; ours: proof of receipt'),
    ('summons_not_arrived', 80, 'Niet bewezen is dat de oproep aankwam.', 'It is not proved that the summons arrived.', 'Awb (BWBR0005537), articles 3:2 and 3:41'),
    ('view_not_asked', 90, 'De persoon is niet gevraagd om een zienswijze, en er is geen grond om die over te slaan.', 'The person was not asked for a view, and there is no ground to skip it.', 'Awb (BWBR0005537), articles 4:8, 4:11 and 4:12'),
    ('view_not_skipped', 95, 'De verordening laat niet toe dat de zienswijze wordt overgeslagen.', 'The ordinance does not let the view be skipped.', 'Awb (BWBR0005537), articles 4:8, 4:11 and 4:12'),
    ('view_not_arrived', 100, 'Niet bewezen is dat de uitnodiging voor een zienswijze aankwam.', 'It is not proved that the invitation to give a view arrived.', 'Awb (BWBR0005537), article 4:8'),
    ('view_term', 110, 'De termijn voor een zienswijze loopt nog.', 'The term to give a view has not ended.', 'Awb (BWBR0005537), article 4:8'),
    ('blame', 120, 'De verwijtbaarheid is niet gewogen.', 'The blame has not been weighed.', 'Participatiewet (BWBR0015703), article 18, paragraph 9'),
    ('no_blame', 130, 'Elke verwijtbaarheid ontbreekt: er is geen maatregel.', 'There is no blame at all, so there is no measure.', 'Participatiewet (BWBR0015703), article 18, paragraph 9'),
    ('circumstances', 140, 'De omstandigheden en mogelijkheden zijn niet gewogen.', 'The circumstances and possibilities have not been weighed.', 'Participatiewet (BWBR0015703), article 18, paragraph 10'),
    ('urgent_reasons', 150, 'Dringende redenen zijn niet gewogen.', 'Urgent reasons have not been weighed.', 'Participatiewet (BWBR0015703), article 18, paragraph 10'),
    ('circumstances_reason', 160, 'Een afwijking van het percentage heeft geen reden.', 'A percentage that deviates has no reason.', 'Participatiewet (BWBR0015703), article 18, paragraph 10; Awb article 3:46'),
    ('reasons', 170, 'De motivering ontbreekt.', 'The statement of reasons is missing.', 'Awb (BWBR0005537), articles 3:46 and 3:47'),
    ('exempt', 180, 'De persoon is ontheven van deze verplichting.', 'The person is exempt from this obligation.', 'Participatiewet (BWBR0015703), articles 9, paragraph 2, and 9a'),
    ('conduct_too_old', 190, 'Het gedrag is te lang geleden.', 'The conduct is too long ago.', 'ours: the ordinance of the municipality says how long'),
    ('conduct_on', 192, 'De dag van het gedrag ontbreekt.', 'The day of the conduct is missing.', 'Awb (BWBR0005537), article 3:46'),
    ('decided_on', 193, 'De dag van het besluit ontbreekt.', 'The day of the decision is missing.', 'Awb (BWBR0005537), article 3:46'),
    ('conduct_in_future', 195, 'Het gedrag ligt in de toekomst.', 'The conduct lies in the future.', 'ours'),
    ('duty', 200, 'De verplichting of categorie ontbreekt.', 'The duty or the category is missing.', 'Participatiewet (BWBR0015703), article 18, paragraphs 2 and 4'),
    ('category', 201, 'De regel voor deze premie of deze kosten ontbreekt.', 'The row for this premium or these costs is missing.', 'ours: a rule of the municipality or the project'),
    ('duty_unknown', 205, 'De verplichting of categorie staat niet in de wet of de verordening.', 'Neither the law nor the ordinance knows this duty or category.', 'Participatiewet (BWBR0015703), article 8, paragraph 1, under a'),
    ('rule_not_adopted', 210, 'Een regel waarop dit rust, is niet vastgesteld.', 'A rule on which this rests is not adopted.', 'Participatiewet (BWBR0015703), article 8, paragraph 1, under a'),
    ('rule_not_in_force', 215, 'Een regel waarop dit rust, gold toen niet.', 'A rule on which this rests was not in force then.', 'Participatiewet (BWBR0015703), article 8, paragraph 1, under a'),
    ('rule_replaced', 220, 'Een regel waarop dit rust, is vervangen: bereken het concept opnieuw.', 'A rule on which this rests was replaced: calculate the draft again.', 'ours'),
    ('project_table', 225, 'Het project heeft geen vastgestelde tabel.', 'The project has no table that was adopted.', 'ours: what the project agreed'),
    ('calculation_changed', 230, 'De berekening is nu anders: bereken het concept opnieuw.', 'The calculation is another one now: calculate the draft again.', 'ours'),
    ('nothing', 240, 'De uitkomst is nul: er valt niets te besluiten.', 'The result is zero: there is nothing to decide.', 'Participatiewet (BWBR0015703), article 18, paragraphs 2 and 10'),
    ('warning_first', 242, 'De verordening vraagt eerst een waarschuwing.', 'The ordinance asks for a warning first.', 'ours: the ordinance of the municipality'),
    ('no_warning', 244, 'De verordening kent hier geen waarschuwing.', 'The ordinance has no warning for this.', 'ours: the ordinance of the municipality'),
    ('nothing_to_lower', 250, 'Er is geen uitkering die verlaagd kan worden.', 'There is no benefit that could be lowered.', 'Participatiewet (BWBR0015703), article 18, paragraph 2'),
    ('nothing_to_end', 252, 'Er is geen uitkering die beëindigd kan worden.', 'There is no benefit that could end.', 'Participatiewet (BWBR0015703), article 54'),
    ('nothing_applied', 254, 'Er is geen aanvraag waarop dit een gevolg kan hebben.', 'There is no application on which this could have a consequence.', 'Participatiewet (BWBR0015703), article 43'),
    ('from_day', 256, 'De eerste dag ontbreekt.', 'The first day is missing.', 'Awb (BWBR0005537), article 3:46'),
    ('from_too_soon', 258, 'De eerste dag ligt eerder dan mag.', 'The first day is earlier than allowed.', 'Awb (BWBR0005537), article 3:40; ours: the ordinance of the municipality'),
    ('overlap', 260, 'In deze periode loopt al een maatregel.', 'There is another measure in this period already.', 'ours: concurrence, as the ordinance says'),
    ('spread_not_uniform', 262, 'Alleen een geüniformeerde verplichting wordt gespreid.', 'Only a uniform duty is spread.', 'Participatiewet (BWBR0015703), article 18, paragraph 5'),
    ('spread_not_in_ordinance', 263, 'De verordening laat spreiden niet toe.', 'The ordinance does not let it be spread.', 'Participatiewet (BWBR0015703), article 18, paragraph 5'),
    ('spread_too_long', 264, 'Spreiden mag over ten hoogste drie maanden.', 'It is spread over three months at most.', 'Participatiewet (BWBR0015703), article 18, paragraph 5'),
    ('spread_parts', 265, 'De spreiding heeft geen delen.', 'The spreading has no parts.', 'Participatiewet (BWBR0015703), article 18, paragraph 5'),
    ('spread_first_month', 266, 'In de eerste maand valt minder dan een derde.', 'Less than a third falls in the first month.', 'Participatiewet (BWBR0015703), article 18, paragraph 5'),
    ('spread_exceeds_month', 267, 'In een maand valt meer dan de hele uitkering.', 'More than the whole benefit falls in a month.', 'Participatiewet (BWBR0015703), article 18, paragraph 5'),
    ('raised', 268, 'Het percentage of de duur is hoger dan toegestaan.', 'The percentage or the number of months is higher than allowed.', 'Participatiewet (BWBR0015703), article 18, paragraph 1; ours: the ordinance of the municipality'),
    ('below_least', 269, 'Het percentage is lager dan de verordening toelaat.', 'The percentage is lower than the ordinance allows.', 'ours: the ordinance of the municipality'),
    ('revised_over', 270, 'Het besluit dat dit vervangt, geldt niet meer.', 'The decision that this one replaces does not stand any more.', 'ours'),
    ('asked_cents', 280, 'Het gevraagde bedrag ontbreekt.', 'The amount that is asked for is missing.', 'Awb (BWBR0005537), article 4:86'),
    ('amount', 282, 'Er is geen bedrag om te betalen.', 'There is no amount to pay.', 'Awb (BWBR0005537), article 4:86'),
    ('done_on', 284, 'De stap is niet afgerond.', 'The step is not finished.', 'ours: a rule of the municipality or the project'),
    ('stay_from', 286, 'Er is geen plaatsing waarop iemand zo lang bleef.', 'There is no placement in which somebody stayed so long.', 'ours: a rule of the municipality or the project'),
    ('not_yet', 288, 'De stap of de periode is nog niet vol.', 'The step or the period is not complete yet.', 'ours: a rule of the municipality or the project'),
    ('paid_before', 290, 'Dit is al eens toegekend.', 'This was granted before.', 'ours: each premium and each cost is paid once');

-- And before something is decided about an objection.
create table ref.objection_need (like ref.decision_need including all);
insert into ref.objection_need (code, place, said_nl, said_en, source) values
    ('machine', 10, 'Een programma neemt geen besluit.', 'A program decides nothing.', 'GDPR article 22'),
    ('decider', 20, 'U bent niet bevoegd om te besluiten.', 'You are not empowered to decide.', 'Awb (BWBR0005537), article 10:3'),
    ('second_person', 30, 'Wie het besluit schreef of nam, beslist niet op het bezwaar.', 'Whoever wrote or made the decision does not decide on the objection to it.', 'Awb (BWBR0005537), article 10:3, paragraph 3'),
    ('late', 40, 'Het bezwaar kwam te laat en dat is niet verschoonbaar: het is niet-ontvankelijk.', 'The objection is late and that is not excusable: it is inadmissible.', 'Awb (BWBR0005537), articles 6:7, 6:9 and 6:11'),
    ('in_time', 50, 'Het bezwaar was op tijd en compleet: het is ontvankelijk.', 'The objection was in time and complete: it is admissible.', 'Awb (BWBR0005537), articles 6:6 and 6:7'),
    ('incomplete', 60, 'De gronden ontbreken.', 'The grounds are missing.', 'Awb (BWBR0005537), articles 6:5 and 6:6'),
    ('repair_term', 70, 'De termijn om te herstellen is niet gegeven, of loopt nog.', 'No term to repair it was given, or it has not ended.', 'Awb (BWBR0005537), article 6:6'),
    ('hearing', 80, 'De persoon is niet gehoord, en er is geen grond om dat over te slaan.', 'The person was not heard, and there is no ground to skip that.', 'Awb (BWBR0005537), articles 7:2 and 7:3'),
    ('reasons', 90, 'De motivering ontbreekt.', 'The statement of reasons is missing.', 'Awb (BWBR0005537), article 7:12');

-- drafted_logins and decided_logins are every login that leads to whoever wrote the draft, and to whoever decided: by their logins two users can be one person.
create table app.decision (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    candidate_id uuid not null,
    kind app.decision_kind not null references ref.decision_kind,
    state text not null default 'drafted',
    benefit_id uuid,
    project_id uuid,
    duty app.decision_duty,
    category app.decision_category,
    conduct_on date,
    task_id uuid,
    placement_id uuid,
    also jsonb,
    spread int[],
    starts_on date,
    ends_on date,
    adjusted_percentage app.decision_percentage,
    adjusted_months int check (adjusted_months between 0 and 60),
    adjust_reason app.decision_adjusting,
    amount_asked app.decision_cents,
    end_reason app.benefit_end,
    refusal_reason app.benefit_refusal,
    blame app.decision_blame,
    blame_text app.text_2000,
    seriousness app.decision_seriousness,
    seriousness_text app.text_2000,
    circumstances app.decision_circumstances,
    circumstances_text app.text_2000,
    urgent_reasons app.decision_urgency,
    urgent_text app.text_2000,
    own_role app.decision_own_role,
    own_role_text app.text_2000,
    reasons app.text_4000,
    inputs jsonb not null default '{}',
    calculation jsonb not null default '{}',
    method int not null default 0,
    hash bytea,
    rule_ids uuid[] not null default '{}',
    calculated_on date,
    percentage app.decision_percentage,
    step int,
    from_day date,
    until_day date,
    amount_cents app.decision_cents,
    concurrent boolean not null default false,
    occasion text,
    drafted_at timestamptz not null,
    drafted_by uuid,
    drafted_logins text[] not null,
    view_asked_at timestamptz,
    view_until date,
    view_channel app.decision_channel,
    view_message_id uuid,
    view_handed_by uuid,
    hearing_id uuid,
    view_given_at timestamptz,
    view_given_channel app.decision_channel,
    view_text app.text_4000,
    view_skipped_ground app.decision_skip_ground,
    view_skipped_text app.text_2000,
    decided_at timestamptz,
    decided_by uuid,
    decided_logins text[],
    notified_on date,
    handed_out_by uuid,
    receipt app.decision_receipt,
    objection_until date,
    reconsider_by date,
    suspended_since date,
    paid_on date,
    paid_reference app.line_120,
    revises_id uuid,
    revised_by_id uuid,
    revise_reason app.decision_revise_reason,
    withdrawn_reason app.decision_withdraw_reason,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, benefit_id) references app.benefit (tenant_id, id),
    foreign key (tenant_id, placement_id) references app.placement (tenant_id, id),
    foreign key (tenant_id, task_id) references app.task (tenant_id, id),
    foreign key (tenant_id, hearing_id) references app.appointment (tenant_id, id),
    foreign key (tenant_id, revises_id) references app.decision (tenant_id, id),
    foreign key (tenant_id, revised_by_id) references app.decision (tenant_id, id),
    constraint decision_by_another check (not drafted_logins && decided_logins),
    constraint decision_decided_whole check (state in ('drafted', 'hearing', 'withdrawn', 'lapsed')
                                             or num_nonnulls(decided_at, decided_by, decided_logins) = 3),
    constraint decision_about_conduct check (kind in ('premium', 'cost') or conduct_on is not null),
    constraint decision_days_in_order check (until_day >= from_day),
    constraint decision_spread_is_whole check (spread is null or cardinality(spread) between 1 and 3),
    constraint decision_notified_whole check (state not in ('notified', 'in_force') or num_nonnulls(notified_on, objection_until) = 2),
    constraint decision_handed_out_whole check (num_nonnulls(handed_out_by, receipt) in (0, 2)),
    constraint decision_paid_whole check (paid_on is null or state not in ('drafted', 'hearing', 'lapsed')),
    constraint decision_withdrawn_with_reason check ((state = 'withdrawn') <= (withdrawn_reason is not null)),
    constraint decision_about_one check (num_nonnulls(task_id, placement_id) <= 1),
    -- one measure on a day, unless the ordinance adds them up
    constraint decision_once_at_a_time exclude using gist (tenant_id with =, candidate_id with =, daterange(from_day, until_day, '[]') with &&)
        where (kind = 'lowering' and not concurrent and state in ('decided', 'notified', 'in_force', 'ended'))
);
comment on column app.decision.inputs is 'everything that the calculation asked, as app.decision_inputs() gathered it: with it and `method` the calculation is repeated years later';
comment on column app.decision.calculation is 'what app.decision_reckon() made of them, with every article';
comment on column app.decision.hash is 'SHA-256 of the text of both';
comment on column app.decision.occasion is 'what a premium or costs are for: it is paid once';
comment on column app.decision.starts_on is 'the first day that whoever drafted it chose; else the ordinance says it';
comment on column app.decision.ends_on is 'of a revision: the last day that whoever drafted it chose, such as the day before a return to the obligations';
comment on column app.decision.receipt is 'of a letter that was handed out: how it is shown that the person got it (Awb, article 3:41)';
comment on column app.decision.reconsider_by is 'a measure is looked at again by then (Participatiewet, article 18, paragraph 3)';
comment on column app.decision.suspended_since is 'an injunction suspends it: meanwhile nothing is paid less';
create unique index decision_rewards_once on app.decision (tenant_id, candidate_id, kind, occasion) where occasion is not null and state not in ('withdrawn', 'lapsed', 'revised');
create unique index decision_revised_once on app.decision (tenant_id, revises_id) where revises_id is not null and state not in ('withdrawn', 'lapsed');
create index decision_by_change on app.decision (tenant_id, changed_at, id);
create index decision_by_candidate on app.decision (tenant_id, candidate_id, changed_at, id);
create index decision_by_state on app.decision (tenant_id, state, changed_at, id);
create index decision_by_decision on app.decision (tenant_id, decided_at, id);
create index decision_by_task on app.decision (tenant_id, task_id) where task_id is not null;

-- The signals that a decision is about.
create table app.decision_signal (
    tenant_id int not null,
    decision_id uuid not null,
    signal_id uuid not null,
    primary key (tenant_id, decision_id, signal_id),
    foreign key (tenant_id, decision_id) references app.decision (tenant_id, id),
    foreign key (tenant_id, signal_id) references app.signal (tenant_id, id)
);
create index decision_signal_by_signal on app.decision_signal (tenant_id, signal_id, decision_id);

-- A decision is looked at again: because the person asks to return to the obligations, or because the law says so.
create domain app.decision_review_kind as text check (value in ('return', 'reconsideration'));
create domain app.decision_review_outcome as text check (value in ('kept', 'revised', 'void'));
create table app.decision_review (
    tenant_id int not null,
    id uuid not null,
    decision_id uuid not null,
    kind app.decision_review_kind not null,
    asked_on date not null,
    asked_by uuid,
    words app.text_4000,
    decide_by date not null,
    outcome app.decision_review_outcome,
    outcome_on date,
    outcome_by uuid,
    outcome_text app.text_2000,
    primary key (tenant_id, id),
    foreign key (tenant_id, decision_id) references app.decision (tenant_id, id),
    constraint decision_review_whole check (num_nonnulls(outcome, outcome_on) in (0, 2))
);
create unique index decision_review_once on app.decision_review (tenant_id, decision_id, kind) where outcome is null;

-- An objection. decide_by and in_time are reckoned: when they change, a trigger says so.
create domain app.objection_from as text check (value in ('person', 'representative', 'other'));
create domain app.objection_unheard as text check (value in ('awb_7_3_a', 'awb_7_3_b', 'awb_7_3_c', 'awb_7_3_d', 'awb_7_3_e'));
create table app.objection (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    decision_id uuid not null,
    candidate_id uuid not null,
    state text not null default 'registered',
    by_whom app.objection_from not null default 'person',
    representative app.line_120,
    channel app.decision_channel not null,
    received_on date not null,
    mailed_on date,
    in_time boolean,
    late_excused boolean,
    late_text app.text_2000,
    grounds app.text_4000,
    complete boolean not null,
    repair_asked_on date,
    repair_until date,
    repaired_on date,
    committee boolean not null default false,
    decide_by date,
    deferred boolean not null default false,
    agreed_until date,
    heard_on date,
    unheard_ground app.objection_unheard,
    injunction_from date,
    injunction_until date,
    decided_on date,
    decided_by uuid,
    decided_logins text[],
    outcome_text app.text_4000,
    noted_at timestamptz not null,
    noted_by uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, decision_id) references app.decision (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    constraint objection_mailed_before check (mailed_on <= received_on),
    constraint objection_repair_in_order check (repair_until >= repair_asked_on),
    constraint objection_injunction_in_order check (injunction_until >= injunction_from),
    constraint objection_decided_whole check (state in ('registered', 'withdrawn') or num_nonnulls(decided_on, decided_by, decided_logins) = 3),
    constraint objection_represented check (by_whom = 'person' or representative is not null)
);
comment on column app.objection.mailed_on is 'of a letter: it is in time when it was posted in time, and came within a week after the term (Awb, article 6:9)';
comment on column app.objection.late_excused is 'it is late, and nobody can blame the person for that (Awb, article 6:11)';
create unique index objection_open_once on app.objection (tenant_id, decision_id) where state = 'registered';
create index objection_by_change on app.objection (tenant_id, changed_at, id);
create index objection_by_decision on app.objection (tenant_id, decision_id, changed_at, id);
create index objection_by_candidate on app.objection (tenant_id, candidate_id, changed_at, id);
create index objection_by_state on app.objection (tenant_id, state, decide_by, id);
create index objection_by_term on app.objection (tenant_id, decide_by, id);
