-- What employers were told about their vacancies.

create function app.sees_vacancy_answer(a app.vacancy_answer, scope text default app.scope(), role text default app.role(),
                                        organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'tenant' then true when 'organisation' then a.employer_id = organisation else false end;
call app.wall('app.vacancy_answer', 'vacancy_answer', '{}');
call app.open_to_scope('app.vacancy_answer', 'app.sees_vacancy_answer');

-- Before an answer is written: the state of the vacancy allows it, and it was given to somebody of its employer.
create function app.vacancy_answer_fits() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        v app.vacancy;
    begin
        select w.* into v from app.vacancy w where w.tenant_id = new.tenant_id and w.id = new.vacancy_id for no key update;
        perform app.require('vacancy', app.vacancy_now(v.state, v.needed_by), 'createVacancyAnswer');
        if new.contact_id is not null and not exists (
                select from app.contact k
                where k.tenant_id = new.tenant_id and k.id = new.contact_id and k.employer_id = v.employer_id) then
            raise exception using errcode = '23503', message = 'reference', table = 'vacancy_answer', constraint = 'vacancy_answer_contact_id_fkey';
        end if;
        return new;
    end $$;
create trigger fits before insert on app.vacancy_answer for each row execute function app.vacancy_answer_fits();

-- After an answer was given: the clock of the vacancy has been met; what cannot be filled at short notice goes to the hub.
create function app.vacancy_answer_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        given jsonb := (select to_jsonb(v) from app.vacancy v where v.tenant_id = new.tenant_id and v.id = new.vacancy_id);
    begin
        perform app.clock_fire('vacancy', new.vacancy_id, 'answered', given);
        if new.chance = 'not_at_short_notice' then
            perform app.clock_fire('vacancy', new.vacancy_id, 'not_at_short_notice', given);
        end if;
        update app.vacancy v set answered_at = new.answered_at where v.tenant_id = new.tenant_id and v.id = new.vacancy_id and v.answered_at is null;
        return null;
    end $$;
create trigger answered after insert on app.vacancy_answer for each row execute function app.vacancy_answer_follow_up();

-- The task to answer an employer says of its vacancy when it is due and when it was met, no matter who moved or ended it.
create function app.vacancy_answer_of_task() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.vacancy v set answer_due_at = new.due_at,
            answered_at = coalesce(v.answered_at, case when app.task_is_settled(new.state) and new.state <> 'failed' then new.ended_at end)
        where v.tenant_id = new.tenant_id and v.id = new.subject_id;
        return null;
    end $$;
create trigger vacancy_follows after update on app.task for each row
    when (new.kind = 'answer' and new.noun = 'vacancy' and new.cause = 'clock' and (new.state, new.due_at) is distinct from (old.state, old.due_at))
    execute function app.vacancy_answer_of_task();
