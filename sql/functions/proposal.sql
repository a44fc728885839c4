-- Proposals: who sees them, how they are answered, and what follows from an answer. An employer sees the proposals that were sent to it.

create function app.sees_proposal(p app.proposal, scope text default app.scope(), role text default app.role(),
                                  organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then p.sent_at is not null
               and case organisation when p.employer_id then true else app.reaches_my_organisation(p.candidate_id) end
           when 'caseload' then p.sent_at is not null
               and case actor when p.candidate_case_manager_id then true when p.candidate_coach_id then true when p.candidate_user_id then true
                    else app.mandated_to_me(p.candidate_id) end
           else false end;
call app.wall('app.proposal', 'proposal', '{card,overtaken_by,overtaken_from,candidate_case_manager_id,candidate_coach_id,candidate_organisation_id,candidate_user_id,project_id}');
call app.open_to_scope('app.proposal', 'app.sees_proposal');
call app.unique_by('app.proposal_pair_once', 'app.sees_proposal', '/proposals/');
call app.referable('app.proposal', 'proposal', 'person', 'app.sees_proposal', candidate => 'r.candidate_id', employer => 'r.employer_id',
                   label => '(select v.title from app.vacancy v where v.tenant_id = r.tenant_id and v.id = r.vacancy_id)');
create trigger zz_log_transition before update on app.proposal
    for each row when (new.state is distinct from old.state) execute function app.log_transition('proposal');

-- Whose candidate it is: with a new proposal, and after a file is handed over.
create function app.proposal_note_owners() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        select c.case_manager_id, c.coach_id, c.organisation_id, c.user_id
        into new.candidate_case_manager_id, new.candidate_coach_id, new.candidate_organisation_id, new.candidate_user_id
        from app.candidate c where c.tenant_id = new.tenant_id and c.id = new.candidate_id;
        return new;
    end $$;
create trigger note_owners before insert or update of candidate_id on app.proposal for each row execute function app.proposal_note_owners();
create function app.proposals_follow_owners() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.proposal p set candidate_case_manager_id = new.case_manager_id, candidate_coach_id = new.coach_id,
            candidate_organisation_id = new.organisation_id, candidate_user_id = new.user_id
        where p.tenant_id = new.tenant_id and p.candidate_id = new.id;
        return null;
    end $$;
create trigger proposals_keep_owners after update of case_manager_id, coach_id, organisation_id, user_id on app.candidate for each row
    when ((old.case_manager_id, old.coach_id, old.organisation_id, old.user_id)
          is distinct from (new.case_manager_id, new.coach_id, new.organisation_id, new.user_id))
    execute function app.proposals_follow_owners();

-- The project of a proposal is that of its vacancy: with a new proposal, and after the vacancy has another one.
create function app.proposal_note_project() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.project_id := (select v.project_id from app.vacancy v where v.tenant_id = new.tenant_id and v.id = new.vacancy_id);
        return new;
    end $$;
create trigger note_project before insert on app.proposal for each row execute function app.proposal_note_project();
create function app.proposals_follow_project() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.proposal p set project_id = new.project_id where p.tenant_id = new.tenant_id and p.vacancy_id = new.id;
        return null;
    end $$;
create trigger proposals_keep_project after update of project_id on app.vacancy for each row
    when (new.project_id is distinct from old.project_id) execute function app.proposals_follow_project();

-- Names of the vacancy, the candidate and the employer of a proposal. Everybody who sees the proposal gets them, also without a right to
-- the vacancy or the employer itself. Each is a function of its own, because a list asks only for the names that it shows.
create function app.proposal_title(proposal uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select v.title from app.proposal p join app.vacancy v on v.tenant_id = p.tenant_id and v.id = p.vacancy_id
                where p.tenant_id = app.tenant() and p.id = proposal and app.sees_proposal(p));
    end $$;
create function app.proposal_alias(proposal uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select c.alias from app.proposal p join app.candidate c on c.tenant_id = p.tenant_id and c.id = p.candidate_id
                where p.tenant_id = app.tenant() and p.id = proposal and app.sees_proposal(p));
    end $$;
create function app.proposal_employer(proposal uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select e.name from app.proposal p join app.employer e on e.tenant_id = p.tenant_id and e.id = p.employer_id
                where p.tenant_id = app.tenant() and p.id = proposal and app.sees_proposal(p));
    end $$;

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

-- Locks what a proposal is about: vacancies, then candidates, each in order of id; then reads the proposal again. The caller
-- sees it, or MW404. `others` are of the same candidate, or were made obsolete by this one.
create function app.proposal_lock(proposal uuid) returns app.proposal language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.proposal;
        others app.proposal[];
    begin
        select q.* into p from app.proposal q
        where q.tenant_id = app.tenant() and q.id = proposal_lock.proposal and app.sees_proposal(q);
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        others := array(select q from app.proposal q where q.tenant_id = p.tenant_id
                        and (q.candidate_id = p.candidate_id and app.proposal_is_open(q.state) or q.overtaken_by = p.id));
        perform 1 from app.vacancy v where v.tenant_id = p.tenant_id
            and (v.id = p.vacancy_id or v.id in (select o.vacancy_id from unnest(others) o)) order by v.id for no key update;
        perform 1 from app.candidate c where c.tenant_id = p.tenant_id
            and (c.id = p.candidate_id or c.id in (select o.candidate_id from unnest(others) o)) order by c.id for no key update;
        select q.* into p from app.proposal q where q.tenant_id = p.tenant_id and q.id = p.id for no key update;
        if not app.sees_proposal(p) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return p;
    end $$;

-- Refuses an answer that the state of the proposal, the vacancy or the candidate does not allow. An employer is not told what became of
-- somebody.
create function app.proposal_require(p app.proposal, v app.vacancy, answer text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare status text;
    begin
        perform app.move('proposal', p.state, answer);
        perform app.require('vacancy', app.vacancy_now(v.state, v.needed_by), 'answerProposal.' || answer);
        select c.status into status from app.candidate c where c.tenant_id = p.tenant_id and c.id = p.candidate_id;
        if not app.allows('candidate', status, 'answerProposal.' || answer) and app.scope() = 'organisation' then
            perform app.refuse_state(p.state, array['reject']);
        end if;
        perform app.require('candidate', status, 'answerProposal.' || answer);
        perform app.gate_require(answer, array[p.id, p.vacancy_id, p.candidate_id]);
    end $$;

-- The employer's answer: invite, reject or hire. A rejection frees the seat.
create function app.proposal_answer(proposal uuid, answer text, reason text, note text, shared boolean)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.proposal := app.proposal_lock(proposal); -- it asks app.sees_proposal()
        v app.vacancy;
    begin
        perform app.trajectories_lapse(p.vacancy_id);
        if answer = 'hire' then
            perform app.trajectory_give_place(p.vacancy_id, p.candidate_id);
        end if;
        select w.* into v from app.vacancy w where w.tenant_id = p.tenant_id and w.id = p.vacancy_id;
        perform app.proposal_require(p, v, answer);
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
            perform app.proposal_hired(p, v);
        end if;
    end $$;

-- What a hire sets going, in the same commit: the candidate is placed and a place is taken; open proposals of the candidate elsewhere
-- become obsolete, and those of a vacancy that is full too. They remember by which hire.
create function app.proposal_hired(p app.proposal, v app.vacancy) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare fills boolean := v.positions_taken + 1 >= v.positions;
    begin
        update app.proposal q set state = app.move('proposal', q.state, 'overtake'), overtaken_by = p.id, overtaken_from = q.state
        where q.tenant_id = p.tenant_id and app.proposal_is_open(q.state)
          and (q.candidate_id = p.candidate_id or fills and q.vacancy_id = p.vacancy_id);
        update app.candidate c set status = app.move('candidate', c.status, 'hire')
        where c.tenant_id = p.tenant_id and c.id = p.candidate_id;
        perform app.vacancy_fire(v.id, case when fills then 'fill' else 'fill_partly' end);
    end $$;

-- Undoes a hire within the term: the proposal ends, the place is free, the candidate looks for work again, and proposals that this hire
-- made obsolete are open again as far as they still can be.
create function app.proposal_undo(proposal uuid, reason text, note text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.proposal := app.proposal_lock(proposal); -- it asks app.sees_proposal()
        other app.proposal;
    begin
        perform app.move('proposal', p.state, 'undo');
        if p.answered_at + app.rule_days('proposal.undo_hire') <= clock.now() then
            raise exception using errcode = 'MW409', message = 'term-passed',
                detail = json_build_object('limit', extract(day from app.rule_days('proposal.undo_hire')))::text;
        end if;
        update app.proposal q set state = app.move('proposal', q.state, 'undo'), undone_at = clock.now(), undone_by = app.actor(),
               undo_reason = reason, undo_note = note, rule_id = app.rule_used('proposal.undo_hire')
        where q.tenant_id = p.tenant_id and q.id = p.id;
        if not exists (select from app.placement o where o.tenant_id = p.tenant_id and o.proposal_id = p.id) then -- else the placement gave it back
            perform app.vacancy_vacate(p.vacancy_id);
        end if;
        update app.candidate c set status = app.move('candidate', c.status, 'undo_hire')
        where c.tenant_id = p.tenant_id and c.id = p.candidate_id and c.status = 'placed'
          and 'hire' = (select t.event from app.transition t where t.tenant_id = c.tenant_id and t.noun = 'candidate'
                        and t.subject_id = c.id order by t.seq desc limit 1);
        for other in select q.* from app.proposal q where q.tenant_id = p.tenant_id and q.overtaken_by = p.id
                     and q.state = 'obsolete' order by q.id for no key update loop
            perform app.proposal_restore(other);
        end loop;
    end $$;

-- Opens a proposal again that a hire had made obsolete, unless something else is in the way by now.
create function app.proposal_restore(p app.proposal) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        v app.vacancy;
        c app.candidate;
    begin
        select w.* into v from app.vacancy w where w.tenant_id = p.tenant_id and w.id = p.vacancy_id;
        select d.* into c from app.candidate d where d.tenant_id = p.tenant_id and d.id = p.candidate_id;
        if app.allows('vacancy', app.vacancy_now(v.state, v.needed_by), 'sendProposalRound')
           and app.allows('candidate', c.status, 'sendProposalRound') and c.consent_withdrawn_at is null
           and (select count(*) from app.proposal q where q.tenant_id = p.tenant_id and q.vacancy_id = p.vacancy_id
                and app.proposal_is_open(q.state)) < v.candidates_wanted
           and (select count(*) from app.proposal q where q.tenant_id = p.tenant_id and q.candidate_id = p.candidate_id
                and app.proposal_is_open(q.state)) < 2
           and not exists (select from app.proposal q where q.tenant_id = p.tenant_id and q.vacancy_id = p.vacancy_id
                           and q.candidate_id = p.candidate_id and not app.proposal_is_ended(q.state)) then
            update app.proposal q set overtaken_by = null, overtaken_from = null,
                   state = app.move('proposal', q.state, case q.overtaken_from when 'drafted' then 'restore_draft'
                                                                               when 'sent' then 'restore' else 'restore_invitation' end)
            where q.tenant_id = p.tenant_id and q.id = p.id;
        end if;
    end $$;

-- A firm or agency withdraws what it proposed itself.
create function app.proposal_withdraw(proposal uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare p app.proposal := app.proposal_lock(proposal); -- it asks app.sees_proposal()
    begin
        if app.scope() = 'organisation' and not exists (
            select from app.proposal_round r where r.tenant_id = p.tenant_id and r.id = p.round_id and r.made_by_organisation = app.organisation()) then
            raise exception using errcode = 'MW403', message = 'forbidden';
        end if;
        update app.proposal q set state = app.move('proposal', q.state, 'withdraw') where q.tenant_id = p.tenant_id and q.id = p.id;
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

-- A vacancy that ends, or needs nobody more, takes its open proposals with it; but for that of the candidate for whom its last place is held.
create function app.proposals_overtake() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not app.vacancy_is_open(new.state) and not app.vacancy_is_pending(new.state) then
            update app.proposal p set state = app.move('proposal', p.state, case new.state when 'expired' then 'expire' else 'overtake' end)
            where p.tenant_id = new.tenant_id and p.vacancy_id = new.id and app.proposal_is_open(p.state)
              and p.candidate_id is distinct from nullif(current_setting('app.place_for', true), '')::uuid;
        end if;
        return null;
    end $$;
create trigger vacancy_ended after update on app.vacancy
    for each row when (new.state is distinct from old.state) execute function app.proposals_overtake();

-- Somebody who found work or left is no longer with employers.
create function app.proposals_follow_candidate() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.candidate_is_settled(new.status) then
            update app.proposal p set state = app.move('proposal', p.state, 'overtake')
            where p.tenant_id = new.tenant_id and p.candidate_id = new.id and app.proposal_is_open(p.state);
        end if;
        return null;
    end $$;
create trigger proposals_follow after update on app.candidate
    for each row when (new.status is distinct from old.status) execute function app.proposals_follow_candidate();

-- Consent is withdrawn: no employer sees the card any more, also not of somebody who was hired, and no hire that is undone opens a
-- proposal again. What was proposed with a consent that was given after `moment` stays.
create function app.proposals_revoke(candidate uuid, moment timestamptz) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.proposal p set state = app.move('proposal', p.state, 'revoke')
        where p.tenant_id = app.tenant() and p.candidate_id = proposals_revoke.candidate and app.proposal_is_open(p.state)
          and coalesce(p.consent_at, '-infinity') <= moment;
        update app.proposal p set card = null, overtaken_by = null, overtaken_from = null
        where p.tenant_id = app.tenant() and p.candidate_id = proposals_revoke.candidate and not app.proposal_is_open(p.state)
          and coalesce(p.consent_at, '-infinity') <= moment and num_nonnulls(p.card, p.overtaken_by) > 0;
    end $$;

-- Locks the vacancies for which these candidates are proposed, before the candidates themselves: in the order of app.proposal_lock().
create function app.proposals_lock_vacancies(variadic candidates uuid[]) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform from app.vacancy v where v.tenant_id = app.tenant() and v.id in (
            select p.vacancy_id from app.proposal p where p.tenant_id = app.tenant() and p.candidate_id = any (candidates)
            and app.proposal_is_open(p.state))
        order by v.id for no key update;
    end $$;

-- Proposals of the municipality whose term has passed expire, and the copies of cards are erased some time after the end.
-- Returns how many.
create function app.proposals_expire() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
        drafted_until timestamptz := now - app.rule_days('proposal.draft');
        answer_until timestamptz := now - app.rule_days('proposal.answer');
        decision_until timestamptz := now - app.rule_days('proposal.decision');
        expired int;
        erased int;
    begin
        update app.proposal p set state = app.move('proposal', p.state, 'expire'),
               rule_id = app.rule_used(case p.state when 'drafted' then 'proposal.draft' when 'sent' then 'proposal.answer' else 'proposal.decision' end)
        where p.tenant_id = app.tenant() and app.sees_proposal(p) and app.proposal_is_open(p.state)
          and case p.state when 'drafted' then p.changed_at <= drafted_until when 'sent' then p.sent_at <= answer_until
                           else p.answered_at <= decision_until end;
        get diagnostics expired = row_count;
        update app.proposal p set card = null
        where p.tenant_id = app.tenant() and app.sees_proposal(p) and p.card is not null and not app.proposal_is_open(p.state)
          and p.changed_at <= now - app.rule_days('proposal.card');
        get diagnostics erased = row_count;
        return expired + erased;
    end $$;
