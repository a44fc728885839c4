-- Candidates who died: the file leaves and stays as it is.

-- The one who keeps the file records the death. Open proposals end, as when somebody leaves; no card is sent, and nobody is listed.
create function app.candidate_die(candidate uuid, day date) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare c app.candidate;
    begin
        perform app.proposals_lock_vacancies(candidate);
        select q.* into c from app.candidate q
        where q.tenant_id = app.tenant() and q.id = candidate and app.sees_candidate(q) for no key update;
        if not found or not app.sees_candidate(c) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        if c.merged_into is not null or c.died_on is not null then
            perform app.refuse_state(case when c.died_on is null then 'merged' else 'died' end, '{}');
        end if;
        perform app.require('candidate', c.status, 'recordDeath');
        if day not between clock.today() - interval '120 years' and clock.today() then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span((clock.today() - interval '120 years')::date, clock.today()), table = 'candidate', constraint = 'candidate_died_on_check';
        end if;
        update app.candidate q set died_on = day,
               status = case c.status when 'left' then 'left' else app.move('candidate', c.status, 'die') end
        where q.tenant_id = c.tenant_id and q.id = c.id;
        perform audit.note('candidate', c.id, 'change', array['death']);
    end $$;

-- After a death was recorded by mistake: what ended with it stays ended, and the case manager has a task about each row, to see whether it has to begin again. A task about a benefit, a decision or
-- a signal stands behind the wall of measures, as its row does. What was only planned, or proposed, is one task about the person.
create function app.candidate_look_again(c app.candidate) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        keeper uuid := (select u.id from app.user_account u where u.tenant_id = c.tenant_id and u.id = c.case_manager_id and u.active);
        since timestamptz := calendar.moment(c.died_on::timestamp); -- the death was recorded on that day or later
    begin
        perform app.task_open('look_again', w.noun, w.id, keeper, null, 'death') from (
            select 'placement' as noun, p.id from app.placement p where p.tenant_id = c.tenant_id and p.candidate_id = c.id and p.end_reason = 'died'
            union all select 'trajectory', t.id from app.trajectory t where t.tenant_id = c.tenant_id and t.candidate_id = c.id and t.stop_reason = 'died'
            union all select 'benefit', b.id from app.benefit b where b.tenant_id = c.tenant_id and b.candidate_id = c.id and 'died' in (b.end_reason, b.refusal_reason)
            union all select 'signal', s.id from app.signal s where s.tenant_id = c.tenant_id and s.candidate_id = c.id and s.outcome = 'unknown' and s.withdrawn_at >= since
            union all select 'decision', d.id from app.decision d where d.tenant_id = c.tenant_id and d.candidate_id = c.id and (
                app.candidate_ended_since('decision', d.id, 'lapse', since) or app.candidate_ended_since('decision', d.id, 'restore', since) -- its terms ended
                or exists (select from app.task k where k.tenant_id = d.tenant_id and k.subject_id = d.id and k.reason = 'subject_ended' and k.ended_at >= since))
            union all select 'candidate', c.id where exists (
                select from app.appointment a where a.tenant_id = c.tenant_id and a.candidate_id = c.id and a.cancel_reason is null and app.candidate_ended_since('appointment', a.id, 'cancel', since)
                union all select from app.proposal p where p.tenant_id = c.tenant_id and p.candidate_id = c.id and app.candidate_ended_since('proposal', p.id, 'overtake', since))) w;
    end $$;
create function app.candidate_ended_since(noun text, subject uuid, event text, since timestamptz) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.transition t where t.tenant_id = app.tenant() and t.noun = candidate_ended_since.noun and t.subject_id = subject
                       and t.event = candidate_ended_since.event and t.at >= since);
    end $$;

-- The death was recorded by mistake: the file is what it was before. What ended stays so, and is looked at again.
create function app.candidate_revive(candidate uuid, reason text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare c app.candidate; last app.transition;
    begin
        select q.* into c from app.candidate q
        where q.tenant_id = app.tenant() and q.id = candidate and app.sees_candidate(q) for no key update;
        if not found or not app.sees_candidate(c) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        if c.died_on is null then
            perform app.refuse_state(case when c.merged_into is null then c.status else 'merged' end, app.allowed('candidate', c.status));
        end if;
        select t.* into last from app.transition t where t.tenant_id = c.tenant_id and t.noun = 'candidate' and t.subject_id = c.id
        order by t.seq desc limit 1;
        update app.candidate q set died_on = null,
               status = case when last.event = 'die' then app.move('candidate', c.status, 'revive_' || last.from_state) else c.status end
        where q.tenant_id = c.tenant_id and q.id = c.id;
        perform app.candidate_look_again(c);
        perform audit.note('candidate', c.id, 'change', array['death', 'undone', reason]);
    end $$;

-- The file of somebody who died stays as it is; only copies may be told to read it again.
create function app.candidate_stays_died() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.refuse_state('died', '{}');
        return null;
    end $$;
create trigger died_stays before update on app.candidate for each row
    when (old.died_on is not null and new.died_on is not distinct from old.died_on and new.changed_in = old.changed_in
          and new *<> old)
    execute function app.candidate_stays_died();
