-- Proposals: who sees them, how they are answered, and what that sets going.

create function app.sees_proposal(p app.proposal, scope text default app.scope(), role text default app.role(),
                                  organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then p.employer_id = organisation and p.state <> 'drafted'
           else false end;
call app.wall('app.proposal', 'proposal', '{}');
call app.open_to_scope('app.proposal', 'app.sees_proposal');
call app.unique_by('app.proposal_pair_once', 'app.sees_proposal', '/proposals/');
create trigger log_transition after update of state on app.proposal
    for each row execute function app.log_transition('proposal');

-- How many proposals are open is counted, and never stored. Somebody who does not see the vacancy or the candidate is
-- told that there are none. That is looked up last, because mostly there are none, and lists ask for many.
create function app.proposals_open_for(vacancy uuid) returns int language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        open int := (select count(*) from app.proposal p
                     where p.tenant_id = app.tenant() and p.vacancy_id = proposals_open_for.vacancy
                     and app.proposal_is_open(p.state));
    begin
        if open > 0 then
            perform 1 from app.vacancy v
            where v.tenant_id = app.tenant() and v.id = proposals_open_for.vacancy and app.sees_vacancy(v);
            return case when found then open else 0 end;
        end if;
        return 0;
    end $$;

create function app.proposals_open_of(candidate uuid) returns int language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        open int := (select count(*) from app.proposal p
                     where p.tenant_id = app.tenant() and p.candidate_id = proposals_open_of.candidate
                     and app.proposal_is_open(p.state));
    begin
        if open > 0 then
            perform 1 from app.candidate c
            where c.tenant_id = app.tenant() and c.id = proposals_open_of.candidate and app.sees_candidate(c);
            return case when found then open else 0 end;
        end if;
        return 0;
    end $$;

-- The employer's answer: invite, reject or hire. A rejection frees the seat; hiring makes the candidate's other
-- open proposals obsolete and fills the vacancy by one place.
create function app.proposal_answer(proposal uuid, answer text, reason text, note text, shared boolean)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.proposal;
        v app.vacancy;
        fills boolean;
    begin
        select q.* into p from app.proposal q
        where q.tenant_id = app.tenant() and q.id = proposal_answer.proposal and app.sees_proposal(q);
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        select w.* into v from app.vacancy w where w.tenant_id = p.tenant_id and w.id = p.vacancy_id for no key update;
        perform 1 from app.candidate where tenant_id = p.tenant_id and id = p.candidate_id for no key update;
        if answer = 'hire' and v.positions_taken >= v.positions then
            raise exception using errcode = 'MW409', message = 'vacancy-places-taken',
                detail = json_build_object('limit', v.positions, 'taken', v.positions_taken)::text;
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
              and app.proposal_is_open(q.state);
            fills := v.positions_taken + 1 >= v.positions;
            perform app.vacancy_fire(v.id, case when fills then 'fill' else 'fill_partly' end);
            if fills then
                update app.proposal q set state = app.move('proposal', q.state, 'overtake')
                where q.tenant_id = p.tenant_id and q.vacancy_id = v.id and app.proposal_is_open(q.state);
            end if;
        end if;
    end $$;

create function app.proposal_withdraw(proposal uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.proposal p set state = app.move('proposal', p.state, 'withdraw')
        where p.tenant_id = app.tenant() and p.id = proposal and app.sees_proposal(p);
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
            update app.candidate c set changed_in = pg_current_xact_id()
            where c.tenant_id = new.tenant_id and c.id = new.candidate_id;
        end if;
        if tg_op = 'UPDATE' and app.proposal_is_open(old.state) and not app.proposal_is_open(new.state)
           and new.state <> 'hired' then
            update app.vacancy v set match_input = v.match_input + 1
            where v.tenant_id = new.tenant_id and v.id = new.vacancy_id and app.vacancy_is_open(v.state);
        end if;
        return null;
    end $$;
create trigger follow_up after insert or update on app.proposal
    for each row execute function app.proposal_follow_up();

-- A vacancy that ends takes its open proposals with it.
create function app.proposals_overtake() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.state <> old.state and app.vacancy_is_ended(new.state) then
            update app.proposal p set state = app.move('proposal', p.state, 'overtake')
            where p.tenant_id = new.tenant_id and p.vacancy_id = new.id and app.proposal_is_open(p.state);
        end if;
        return null;
    end $$;
create trigger vacancy_ended after update of state on app.vacancy
    for each row execute function app.proposals_overtake();
