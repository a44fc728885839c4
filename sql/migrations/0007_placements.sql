-- Match results and proposals.

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
    made_at timestamptz not null default clock.now(),
    primary key (tenant_id, id),
    constraint match_run_once unique (tenant_id, vacancy_id, match_input),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id)
);
call app.wall('app.match_run');
call app.open_to_tenant('app.match_run');

create table app.match_result (
    tenant_id int not null,
    run_id uuid not null,
    rank int not null check (rank >= 1),
    candidate_id uuid not null,
    score int not null check (score between 0 and 10000),
    explanation jsonb not null,
    primary key (tenant_id, run_id, rank),
    constraint match_result_once unique (tenant_id, run_id, candidate_id),
    foreign key (tenant_id, run_id) references app.match_run (tenant_id, id) on delete cascade,
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);
create index match_result_by_candidate on app.match_result (tenant_id, candidate_id, run_id);
call app.wall('app.match_result');
call app.open_to_tenant('app.match_result');

-- A round: the proposals that a consultant made in one go for one vacancy. The number the employer asked for is
-- binding; fewer only with a stated shortfall.
create table app.proposal_round (
    tenant_id int not null,
    id uuid not null,
    vacancy_id uuid not null,
    employer_id uuid not null,
    asked int not null,
    already_open int not null,
    proposed int not null,
    shortfall_reason text check (shortfall_reason in ('not_enough_suitable', 'employer_agreed', 'phased')),
    shortfall_note text check (char_length(shortfall_note) <= 1000),
    made_by uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id),
    constraint round_within_asked check (already_open + proposed <= asked),
    constraint round_shortfall_stated check (already_open + proposed = asked or shortfall_reason is not null)
);
create index proposal_round_by_vacancy on app.proposal_round (tenant_id, vacancy_id, id);
call app.wall('app.proposal_round', 'proposal_round');
call app.open_to_tenant('app.proposal_round');

create table app.proposal (
    tenant_id int not null,
    id uuid not null,
    round_id uuid not null,
    vacancy_id uuid not null,
    employer_id uuid not null,
    candidate_id uuid not null,
    state text not null default 'drafted',
    rank int,
    score int,
    consent_by text check (consent_by in ('candidate', 'representative')),
    consent_at timestamptz,
    consent_channel text check (consent_channel in ('conversation', 'letter', 'e_mail', 'portal')),
    consent_text_version text check (char_length(consent_text_version) <= 40),
    rejection_reason text check (rejection_reason in ('did_not_come', 'lacking_competences', 'hours_do_not_fit',
        'travel', 'language', 'position_filled', 'not_interested', 'other')),
    rejection_note text check (char_length(rejection_note) <= 1000),
    rejection_shared boolean,
    answered_at timestamptz,
    answered_by uuid,
    sent_at timestamptz,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, round_id) references app.proposal_round (tenant_id, id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    constraint proposal_consent_whole check (num_nulls(consent_by, consent_at, consent_channel, consent_text_version)
                                             in (0, 4)),
    constraint proposal_rejected_with_reason check (state <> 'rejected' or rejection_reason is not null)
);
create unique index proposal_pair_once on app.proposal (tenant_id, vacancy_id, candidate_id)
    where state in ('drafted', 'sent', 'invited', 'hired', 'rejected');
create index proposal_by_change on app.proposal (tenant_id, changed_at, id);
create index proposal_by_vacancy on app.proposal (tenant_id, vacancy_id, changed_at, id);
create index proposal_by_candidate on app.proposal (tenant_id, candidate_id, changed_at, id);
create index proposal_by_employer on app.proposal (tenant_id, employer_id, changed_at, id);
create index proposal_by_state on app.proposal (tenant_id, state, changed_at, id);
call app.wall('app.proposal', 'proposal');
create trigger log_transition after update of state on app.proposal
    for each row execute function app.log_transition('proposal');
create policy by_scope on app.proposal for all
    using (case (select app.scope())
           when 'tenant' then true
           when 'organisation' then employer_id = (select app.organisation()) and state <> 'drafted' end);

-- Places of a vacancy that are taken, and proposals that are open, counted and never stored.
create function app.places_taken(vacancy uuid) returns int language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$ begin return (select count(*) from app.proposal p
          where p.tenant_id = app.tenant() and p.vacancy_id = places_taken.vacancy and p.state = 'hired'); end $$;
create function app.proposals_open(vacancy uuid) returns int language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$ begin return (select count(*) from app.proposal p where p.tenant_id = app.tenant()
          and p.vacancy_id = proposals_open.vacancy and p.state in ('drafted', 'sent', 'invited')); end $$;

create function app.candidate_open_proposals(candidate uuid) returns int language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$ begin return (select count(*) from app.proposal p where p.tenant_id = app.tenant()
          and p.candidate_id = candidate_open_proposals.candidate
          and p.state in ('drafted', 'sent', 'invited')); end $$;

-- Moves a vacancy by `event`, for other nouns: matching and placements. Returns the new state.
create function app.vacancy_fire(vacancy uuid, event text) returns text language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare moved text;
    begin
        update app.vacancy v set state = app.move('vacancy', v.state, event)
        where v.tenant_id = app.tenant() and v.id = vacancy
        returning v.state into moved;
        return moved;
    end $$;

-- A consultant proposes candidates for a vacancy: all of them, or none. Locks the vacancy, then the candidates in
-- order of id, so that two consultants cannot pass each other.
create function app.propose(round uuid, vacancy uuid, candidates uuid[], draft boolean,
                            shortfall_reason text, shortfall_note text, consent jsonb)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        v app.vacancy;
        open_now int;
        candidate uuid;
        listed app.match_result;
        run uuid;
    begin
        select w.* into v from app.vacancy w where w.tenant_id = app.tenant() and w.id = propose.vacancy for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        if v.state not in ('open', 'shortlisted', 'partly_filled') then
            raise exception using errcode = 'MW409', message = 'state';
        end if;
        select r.id into run from app.match_run r where r.tenant_id = v.tenant_id and r.vacancy_id = v.id
        order by r.match_input desc limit 1;
        open_now := app.proposals_open(v.id);
        if open_now + cardinality(candidates) > v.candidates_wanted then
            raise exception using errcode = 'MW409', message = 'number-asked-reached';
        end if;
        if open_now + cardinality(candidates) < v.candidates_wanted and shortfall_reason is null then
            raise exception using errcode = 'MW409', message = 'shortfall-not-stated';
        end if;
        perform 1 from app.candidate c where c.tenant_id = v.tenant_id and c.id = any (candidates)
        order by c.id for no key update;
        insert into app.proposal_round (tenant_id, id, vacancy_id, employer_id, asked, already_open, proposed,
                                        shortfall_reason, shortfall_note, made_by)
        values (v.tenant_id, round, v.id, v.employer_id, v.candidates_wanted, open_now, cardinality(candidates),
                shortfall_reason, shortfall_note, app.actor());
        foreach candidate in array candidates loop
            if exists (select 1 from app.proposal p where p.tenant_id = v.tenant_id and p.vacancy_id = v.id
                       and p.candidate_id = candidate and p.state = 'rejected') then
                raise exception using errcode = 'MW409', message = 'pair-rejected-before';
            end if;
            if (select count(*) from app.proposal p where p.tenant_id = v.tenant_id and p.candidate_id = candidate
                and p.state in ('drafted', 'sent', 'invited')) >= 2 then
                raise exception using errcode = 'MW409', message = 'candidate-has-two-open-proposals';
            end if;
            select m.* into listed from app.match_result m
            where m.tenant_id = v.tenant_id and m.run_id = run and m.candidate_id = candidate;
            if not found then
                raise exception using errcode = 'MW409', message = 'not-shortlisted';
            end if;
            insert into app.proposal (tenant_id, id, round_id, vacancy_id, employer_id, candidate_id, rank, score,
                                      consent_by, consent_at, consent_channel, consent_text_version)
            values (v.tenant_id, gen_random_uuid(), round, v.id, v.employer_id, candidate, listed.rank, listed.score,
                    consent ->> 'by', (consent ->> 'at')::timestamptz, consent ->> 'channel',
                    consent ->> 'text_version');
        end loop;
        if not draft then
            perform app.send_round(round);
        end if;
    end $$;

-- Sends the drafted proposals of a round to the employer.
create function app.send_round(round uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.proposal p set state = app.move('proposal', p.state, 'send'), sent_at = clock.now()
        where p.tenant_id = app.tenant() and p.round_id = round and p.state = 'drafted';
        if not found then
            raise exception using errcode = 'MW409', message = 'state';
        end if;
    end $$;

-- The employer's answer: invite, reject or hire. A rejection frees the seat; hiring makes the candidate's other
-- open proposals obsolete and fills the vacancy by one place.
create function app.answer_proposal(proposal uuid, answer text, reason text, note text, shared boolean)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.proposal;
        v app.vacancy;
        taken int;
    begin
        select q.* into p from app.proposal q where q.tenant_id = app.tenant() and q.id = answer_proposal.proposal
            and (app.scope() = 'tenant' or (q.employer_id = app.organisation() and q.state <> 'drafted'));
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        select w.* into v from app.vacancy w where w.tenant_id = p.tenant_id and w.id = p.vacancy_id for no key update;
        perform 1 from app.candidate where tenant_id = p.tenant_id and id = p.candidate_id for no key update;
        if answer = 'hire' and app.places_taken(v.id) >= v.positions then
            raise exception using errcode = 'MW409', message = 'vacancy-places-taken';
        end if;
        update app.proposal q set state = app.move('proposal', q.state, answer),
               rejection_reason = case when answer = 'reject' then reason end,
               rejection_note = case when answer = 'reject' then note end,
               rejection_shared = case when answer = 'reject' then coalesce(shared, false) end,
               answered_at = clock.now(), answered_by = app.actor()
        where q.tenant_id = p.tenant_id and q.id = p.id;
        if answer = 'hire' then
            update app.proposal q set state = app.move('proposal', q.state, 'overtake')
            where q.tenant_id = p.tenant_id and q.candidate_id = p.candidate_id and q.id <> p.id
              and q.state in ('drafted', 'sent', 'invited');
            taken := app.places_taken(v.id);
            perform app.vacancy_fire(v.id, case when taken >= v.positions then 'fill' else 'fill_partly' end);
            if taken >= v.positions then
                update app.proposal q set state = app.move('proposal', q.state, 'overtake')
                where q.tenant_id = p.tenant_id and q.vacancy_id = v.id and q.state in ('drafted', 'sent', 'invited');
            end if;
        end if;
    end $$;

create function app.withdraw_proposal(proposal uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.proposal p set state = app.move('proposal', p.state, 'withdraw')
        where p.tenant_id = app.tenant() and p.id = proposal;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
    end $$;

-- A proposal that opens or ends changes who can be on other lists: the candidate's row is touched, so that
-- in-memory copies follow, and a freed seat asks for a new match of its vacancy.
create function app.proposal_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if tg_op = 'INSERT' or old.state <> new.state then
            update app.candidate c set version = c.version
            where c.tenant_id = new.tenant_id and c.id = new.candidate_id;
        end if;
        if tg_op = 'UPDATE' and old.state <> new.state and new.state in ('rejected', 'withdrawn', 'obsolete') then
            update app.vacancy v set match_input = v.match_input + 1
            where v.tenant_id = new.tenant_id and v.id = new.vacancy_id
              and v.state in ('open', 'shortlisted', 'partly_filled');
        end if;
        return null;
    end $$;
create trigger follow_up after insert or update on app.proposal
    for each row execute function app.proposal_follow_up();

-- A vacancy that ends takes its open proposals with it.
create function app.vacancy_ended() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.state <> old.state and new.state in ('closed', 'withdrawn', 'expired') then
            update app.proposal p set state = app.move('proposal', p.state, 'overtake')
            where p.tenant_id = new.tenant_id and p.vacancy_id = new.id and p.state in ('drafted', 'sent', 'invited');
        end if;
        return null;
    end $$;
create trigger vacancy_ended after update of state on app.vacancy
    for each row execute function app.vacancy_ended();

-- A candidate has changed: asks for a new match of each open vacancy whose list this touches. `vacancies` admit him
-- now, with these `scores` (-1: below a floor); lists that he is on are touched anyway. Returns how many.
create function app.rematch_touched(candidate uuid, vacancies uuid[], scores int[]) returns int language sql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    with newest as (
        select v.id, r.id as run, r.asked, r.suitable from app.vacancy v
        cross join lateral (select r.* from app.match_run r where r.tenant_id = v.tenant_id and r.vacancy_id = v.id
                            order by r.match_input desc limit 1) r
        where v.tenant_id = app.tenant() and v.state in ('open', 'shortlisted', 'partly_filled')
    ), touched as (
        select n.id from newest n join app.match_result m on m.tenant_id = app.tenant() and m.run_id = n.run
        where m.candidate_id = candidate
        union
        select n.id from newest n join unnest(vacancies, scores) g (vacancy, score) on g.vacancy = n.id
        where g.score >= 0 and (n.suitable < n.asked + 10
              or g.score >= (select min(m.score) from app.match_result m
                             where m.tenant_id = app.tenant() and m.run_id = n.run))
    ), locked as (
        select v.id from app.vacancy v where v.tenant_id = app.tenant() and v.id in (select t.id from touched t)
        order by v.id for no key update
    ), changed as (
        update app.vacancy v set match_input = v.match_input + 1 from locked l
        where v.tenant_id = app.tenant() and v.id = l.id returning 1
    )
    select count(*)::int from changed
    $$;
