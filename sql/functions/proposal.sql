-- Proposals: who sees them, how they are answered, and what that sets going.

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
            raise exception using errcode = 'MW409', message = 'vacancy-places-taken',
                detail = json_build_object('limit', v.positions, 'taken', app.places_taken(v.id))::text;
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
