-- Rounds of proposals: made by a consultant, or by a firm or agency for its own people, and sent to the employer.

create function app.sees_proposal_round(r app.proposal_round, scope text default app.scope(), role text default app.role(),
                                        organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'tenant' then true when 'organisation' then r.made_by_organisation = organisation else false end;
call app.wall('app.proposal_round', 'proposal_round', '{}');
call app.open_to_scope('app.proposal_round', 'app.sees_proposal_round');
call app.referable('app.proposal_round', 'proposal_round', 'employer', 'app.sees_proposal_round', employer => 'r.employer_id',
                   label => '(select v.title from app.vacancy v where v.tenant_id = r.tenant_id and v.id = r.vacancy_id)');
create trigger hub before insert on app.proposal_round for each row execute function app.candidates_refuse_hub();

-- Refuses a number of candidates that the employer did not ask for: more, or fewer without a reason.
create function app.proposal_round_count(v app.vacancy, open_now int, given int, shortfall_reason text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if open_now + given > v.candidates_wanted then
            raise exception using errcode = 'MW409', message = 'number-asked-reached',
                detail = json_build_object('limit', v.candidates_wanted, 'taken', open_now, 'given', given)::text;
        end if;
        if open_now + given < v.candidates_wanted and shortfall_reason is null then
            raise exception using errcode = 'MW409', message = 'shortfall-not-stated',
                detail = json_build_object('limit', v.candidates_wanted, 'taken', open_now, 'given', given)::text;
        end if;
    end $$;

-- Refuses somebody whose card no employer may see: consent was withdrawn, and none was given since. `here` points at the candidate.
create function app.proposal_round_consent(c app.candidate, given_at timestamptz, here text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if given_at < c.birth_date then
            raise exception using errcode = '23514', message = 'consent', table = 'proposal', constraint = 'proposal_consent_in_time';
        end if;
        if c.consent_withdrawn_at >= coalesce(given_at, '-infinity') then
            raise exception using errcode = 'MW409', message = 'consent-withdrawn', detail = json_build_object('pointer', here)::text;
        end if;
    end $$;

-- The place on a shortlist by which a candidate is proposed. That is the newest one; somebody whose proposal was withdrawn is on none
-- any more, and comes back, with a reason, by the newest list that had this person. Refuses a pair that was rejected. Somebody who is on no list is
-- proposed with a reason when no hard filter says no: then the place is empty.
create function app.proposal_round_listed(v app.vacancy, c app.candidate, return_reason text, unlisted_reason text, here text) returns app.match_result language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        before text[] := array(select p.state from app.proposal p where p.tenant_id = v.tenant_id and p.vacancy_id = v.id
                               and p.candidate_id = c.id);
        listed app.match_result;
        filter text;
    begin
        if 'rejected' = any (before) then
            raise exception using errcode = 'MW409', message = 'pair-rejected-before',
                detail = json_build_object('pointer', here)::text;
        end if;
        if 'withdrawn' = any (before) and return_reason is null then
            raise exception using errcode = 'MW409', message = 'pair-withdrawn-before',
                detail = json_build_object('pointer', here)::text;
        end if;
        select m.* into listed from app.match_run r join app.match_result m on m.tenant_id = r.tenant_id and m.run_id = r.id
        where r.tenant_id = v.tenant_id and r.vacancy_id = v.id and m.candidate_id = c.id
          and ('withdrawn' = any (before) or r.match_input = (select max(n.match_input) from app.match_run n
                                                              where n.tenant_id = v.tenant_id and n.vacancy_id = v.id))
        order by r.match_input desc limit 1;
        if not found and (c.id is null or unlisted_reason is null) then
            raise exception using errcode = 'MW409', message = 'not-shortlisted',
                detail = json_build_object('pointer', here)::text;
        elsif not found then
            filter := app.proposal_round_filter(v, c);
            if filter is not null then
                raise exception using errcode = 'MW409', message = 'hard-filter',
                    detail = json_build_object('pointer', here, 'filter', filter)::text;
            end if;
        end if;
        return listed;
    end $$;

-- Proposes one candidate, whose row is locked.
create function app.proposal_round_add(v app.vacancy, round uuid, c app.candidate, consent jsonb, return_reason text, unlisted_reason text, here text)
    returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        listed app.match_result;
        given_at timestamptz := (consent ->> 'at')::timestamptz;
    begin
        if c.id is not null then
            perform app.require('candidate', c.status, 'createProposalRound', here);
            perform app.gate_require('propose', array[v.id, c.id], here);
        end if;
        listed := app.proposal_round_listed(v, c, return_reason, unlisted_reason, here);
        perform app.proposal_round_consent(c, given_at, here);
        if (select count(*) from app.proposal p where p.tenant_id = v.tenant_id and p.candidate_id = c.id
            and app.proposal_is_open(p.state)) >= app.rule_count('cap.open_proposals') then
            raise exception using errcode = 'MW409', message = 'candidate-has-two-open-proposals',
                detail = json_build_object('pointer', here, 'limit', app.rule_count('cap.open_proposals'))::text;
        end if;
        insert into app.proposal (tenant_id, id, round_id, vacancy_id, employer_id, candidate_id, rank, score, return_reason,
                                  unlisted_reason, consent_by, consent_at, consent_channel, consent_text_version)
        values (v.tenant_id, gen_random_uuid(), round, v.id, v.employer_id, c.id, listed.rank, listed.score, return_reason,
                case when listed.rank is null then unlisted_reason end, consent ->> 'by', given_at, consent ->> 'channel', consent ->> 'text_version');
        if c.consent_withdrawn_at is not null then
            update app.candidate d set consent_withdrawn_at = null, consent_withdrawn_channel = null
            where d.tenant_id = c.tenant_id and d.id = c.id;
        end if;
    end $$;

-- Somebody proposes candidates for a vacancy, a firm or agency those of its own mandate: all of them, or none. What others have open counts
-- among the number that the employer asked for, so a firm need not say why it proposes fewer. Locks the vacancy, then the candidates in
-- order of id, so that two consultants cannot pass each other.
create function app.proposal_round_propose(round uuid, vacancy uuid, candidates uuid[], draft boolean,
                                           shortfall_reason text, shortfall_note text, consent jsonb, return_reason text,
                                           unlisted_reason text)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        v app.vacancy;
        made app.proposal_round;
        c app.candidate;
        open_now int;
        place int;
        firm uuid := case when app.role() in ('firm', 'agency') then app.organisation() end;
        why_fewer text := coalesce(shortfall_reason, case when firm is not null then 'other_parties' end);
    begin
        select w.* into v from app.vacancy w
        where w.tenant_id = app.tenant() and w.id = proposal_round_propose.vacancy and app.sees_vacancy(w) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform app.require('vacancy', app.vacancy_now(v.state, v.needed_by), 'createProposalRound');
        open_now := app.proposals_open_for(v.id);
        perform app.proposal_round_count(v, open_now, cardinality(candidates), why_fewer);
        perform 1 from app.candidate l where l.tenant_id = v.tenant_id and l.id = any (candidates)
        order by l.id for no key update;
        insert into app.proposal_round (tenant_id, id, vacancy_id, employer_id, asked, already_open, proposed,
                                        shortfall_reason, shortfall_note, made_by, made_by_organisation, rule_id)
        values (v.tenant_id, round, v.id, v.employer_id, v.candidates_wanted, open_now, cardinality(candidates),
                case when open_now + cardinality(candidates) < v.candidates_wanted then why_fewer else shortfall_reason end, shortfall_note, app.actor(), firm,
                app.rule_used('cap.open_proposals')) returning * into made;
        if app.sees_proposal_round(made) is not true then -- nobody makes a round that they would not see
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        for place in 1 .. cardinality(candidates) loop
            c := null;
            select l.* into c from app.candidate l where l.tenant_id = v.tenant_id and l.id = candidates[place]
                and (firm is null or app.reached(l.id, firm));
            perform app.proposal_round_add(v, round, c, consent, return_reason, unlisted_reason, '/candidateIds/' || place - 1);
        end loop;
        if draft then
            perform app.clock_fire('proposal_round', round, 'draft', to_jsonb(made));
        else
            perform app.proposal_round_send(round);
        end if;
    end $$;

-- Sends the drafted proposals of a round to the employer: all of them, or none. From now on the employer sees of each candidate the card
-- as it is at this moment.
create function app.proposal_round_send(round uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        r app.proposal_round;
        v app.vacancy;
        c app.candidate;
        other text;
        given_at timestamptz;
    begin
        select q.* into r from app.proposal_round q where q.tenant_id = app.tenant() and q.id = round and app.sees_proposal_round(q);
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        select w.* into v from app.vacancy w where w.tenant_id = r.tenant_id and w.id = r.vacancy_id for no key update;
        perform 1 from app.proposal p where p.tenant_id = r.tenant_id and p.round_id = r.id and p.state = 'drafted';
        if not found then
            select p.state into other from app.proposal p where p.tenant_id = r.tenant_id and p.round_id = r.id
            order by p.id limit 1;
            perform app.refuse_state(other, app.allowed('proposal', other));
        end if;
        perform app.require('vacancy', app.vacancy_now(v.state, v.needed_by), 'sendProposalRound');
        for c in select l.* from app.candidate l where l.tenant_id = r.tenant_id and l.id in (
                     select p.candidate_id from app.proposal p where p.tenant_id = r.tenant_id and p.round_id = r.id and p.state = 'drafted')
                 order by l.id for no key update loop
            perform app.require('candidate', c.status, 'sendProposalRound');
            perform app.gate_require('send', array[v.id, c.id] || array(select p.id from app.proposal p where p.tenant_id = r.tenant_id
                and p.round_id = r.id and p.candidate_id = c.id));
            update app.proposal p set state = app.move('proposal', p.state, 'send'), sent_at = clock.now(),
                   card = app.card(c, p.consent_by is not null)
            where p.tenant_id = r.tenant_id and p.round_id = r.id and p.candidate_id = c.id and p.state = 'drafted'
            returning p.consent_at into given_at;
            perform app.proposal_round_consent(c, given_at, '/');
        end loop;
    end $$;
