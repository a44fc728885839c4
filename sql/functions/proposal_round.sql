-- Rounds of proposals: made by a consultant, sent to the employer.

create function app.sees_proposal_round(r app.proposal_round, scope text default app.scope(), role text default app.role(),
                                        organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'tenant' then true else false end;
call app.wall('app.proposal_round', 'proposal_round', '{}');
call app.open_to_scope('app.proposal_round', 'app.sees_proposal_round');

-- A consultant proposes candidates for a vacancy: all of them, or none. Locks the vacancy, then the candidates in
-- order of id, so that two consultants cannot pass each other.
create function app.proposal_round_propose(round uuid, vacancy uuid, candidates uuid[], draft boolean,
                                           shortfall_reason text, shortfall_note text, consent jsonb)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        v app.vacancy;
        made app.proposal_round;
        open_now int;
        candidate uuid;
        listed app.match_result;
        run uuid;
        here text;
    begin
        select w.* into v from app.vacancy w
        where w.tenant_id = app.tenant() and w.id = proposal_round_propose.vacancy and app.sees_vacancy(w) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        if not app.vacancy_is_open(v.state) then
            perform app.refuse_state(v.state, app.events('vacancy', v.state));
        end if;
        select r.id into run from app.match_run r where r.tenant_id = v.tenant_id and r.vacancy_id = v.id
        order by r.match_input desc limit 1;
        open_now := app.proposals_open_for(v.id);
        if open_now + cardinality(candidates) > v.candidates_wanted then
            raise exception using errcode = 'MW409', message = 'number-asked-reached',
                detail = json_build_object('limit', v.candidates_wanted, 'taken', open_now, 'given', cardinality(candidates))::text;
        end if;
        if open_now + cardinality(candidates) < v.candidates_wanted and shortfall_reason is null then
            raise exception using errcode = 'MW409', message = 'shortfall-not-stated',
                detail = json_build_object('limit', v.candidates_wanted, 'taken', open_now, 'given', cardinality(candidates))::text;
        end if;
        perform 1 from app.candidate c where c.tenant_id = v.tenant_id and c.id = any (candidates)
        order by c.id for no key update;
        insert into app.proposal_round (tenant_id, id, vacancy_id, employer_id, asked, already_open, proposed,
                                        shortfall_reason, shortfall_note, made_by)
        values (v.tenant_id, round, v.id, v.employer_id, v.candidates_wanted, open_now, cardinality(candidates),
                shortfall_reason, shortfall_note, app.actor()) returning * into made;
        if not app.sees_proposal_round(made) then -- nobody makes what he would not see
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        foreach candidate in array candidates loop
            here := '/candidateIds/' || array_position(candidates, candidate) - 1;
            if exists (select 1 from app.proposal p where p.tenant_id = v.tenant_id and p.vacancy_id = v.id
                       and p.candidate_id = candidate and p.state = 'rejected') then
                raise exception using errcode = 'MW409', message = 'pair-rejected-before',
                    detail = json_build_object('pointer', here)::text;
            end if;
            if (select count(*) from app.proposal p where p.tenant_id = v.tenant_id and p.candidate_id = candidate
                and app.proposal_is_open(p.state)) >= 2 then
                raise exception using errcode = 'MW409', message = 'candidate-has-two-open-proposals',
                    detail = json_build_object('pointer', here, 'limit', 2)::text;
            end if;
            select m.* into listed from app.match_result m
            where m.tenant_id = v.tenant_id and m.run_id = run and m.candidate_id = candidate;
            if not found then
                raise exception using errcode = 'MW409', message = 'not-shortlisted',
                    detail = json_build_object('pointer', here)::text;
            end if;
            insert into app.proposal (tenant_id, id, round_id, vacancy_id, employer_id, candidate_id, rank, score,
                                      consent_by, consent_at, consent_channel, consent_text_version)
            values (v.tenant_id, gen_random_uuid(), round, v.id, v.employer_id, candidate, listed.rank, listed.score,
                    consent ->> 'by', (consent ->> 'at')::timestamptz, consent ->> 'channel',
                    consent ->> 'text_version');
        end loop;
        if not draft then
            perform app.proposal_round_send(round);
        end if;
    end $$;

-- Sends the drafted proposals of a round to the employer.
create function app.proposal_round_send(round uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare other text;
    begin
        perform 1 from app.proposal_round r where r.tenant_id = app.tenant() and r.id = round and app.sees_proposal_round(r);
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        update app.proposal p set state = app.move('proposal', p.state, 'send'), sent_at = clock.now()
        where p.tenant_id = app.tenant() and p.round_id = round and p.state = 'drafted';
        if not found then
            select p.state into other from app.proposal p where p.tenant_id = app.tenant() and p.round_id = round
            order by p.id limit 1;
            perform app.refuse_state(other, app.events('proposal', other));
        end if;
    end $$;
