-- Candidates who died: the file leaves and stays as it is.

-- Whoever keeps the file records the death. Open proposals end, as when somebody leaves; no card is sent, and nobody is listed.
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
            raise exception using errcode = '23514', message = 'day', table = 'candidate', constraint = 'candidate_died_on_check';
        end if;
        update app.candidate q set died_on = day,
               status = case c.status when 'left' then 'left' else app.move('candidate', c.status, 'die') end
        where q.tenant_id = c.tenant_id and q.id = c.id;
        perform audit.note('candidate', c.id, 'change', array['death']);
    end $$;

-- The death was recorded by mistake: the file is what it was before. The proposals that ended stay so; whoever can be proposed again is.
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
