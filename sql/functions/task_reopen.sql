-- Tasks: a task that was completed by mistake is opened again.

-- Who owns a task that is opened again: its owner. When a case manager or coach has nothing to do with the person any more, the case manager of the person does.
create function app.task_owner_again(t app.task) returns uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare owner uuid := (select u.id from app.user_account u where u.tenant_id = t.tenant_id and u.id = t.owner_user_id and u.active
                           and not (t.candidate_id is not null and u.role in ('case_manager', 'coach') and not app.reaches(t.candidate_id, null, u.id)));
    begin
        return coalesce(owner, (select u.id from app.candidate c join app.user_account u on u.tenant_id = c.tenant_id and u.id = c.case_manager_id
                                where t.owner_user_id is not null and c.tenant_id = t.tenant_id and c.id = t.candidate_id and u.active and app.task_fits(t, u.id, null, null, null)));
    end $$;

-- Opens a task again that was completed by hand. The user who completed it may do that, or a team lead, within the term and with a reason. Its reminders are planned again. It is
-- refused when another call completed the task, or when the outcome had consequences: those are undone with their own calls.
create function app.task_reopen(task uuid, why text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.task := app.task_lock(task); -- it asks app.sees_task()
        opened text := app.move('task', t.state, 'reopen');
        ended text := (select s.event from app.transition s where s.tenant_id = t.tenant_id and s.noun = 'task' and s.subject_id = t.id order by s.seq desc limit 1);
    begin
        perform app.task_refuse_others((app.actor() = t.ended_by or app.role() = 'team_lead') is true);
        if (select k.acts from ref.task_kind k where k.kind = t.kind) then
            raise exception using errcode = 'MW409', message = 'task-has-effects';
        elsif ended in ('settle', 'lapse') or exists (
            select from app.candidate c where c.tenant_id = t.tenant_id and c.id in (t.candidate_id, t.owner_candidate_id) and c.died_on is not null) then
            raise exception using errcode = 'MW409', message = 'task-done-elsewhere';
        elsif t.ended_at + app.rule_days('task.reopen') <= clock.now() then
            raise exception using errcode = 'MW409', message = 'term-passed', detail = json_build_object('limit', extract(day from app.rule_days('task.reopen')))::text;
        end if;
        update app.task o set state = opened, outcome = null, ended_at = null, ended_by = null, reopened_at = clock.now(), reopened_by = app.actor(), reopen_reason = why
        where o.tenant_id = t.tenant_id and o.id = t.id;
        perform set_config('app.task_given_away', t.id::text, true);
        update app.task o set owner_user_id = app.task_owner_again(t) where o.tenant_id = t.tenant_id and o.id = t.id and o.owner_user_id is distinct from app.task_owner_again(t);
    end $$;

-- Whether the caller may do that, for the list of what can be done.
create function app.task_reopens(t app.task) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return app.task_is_settled(t.state) and (app.actor() = t.ended_by or app.role() = 'team_lead') and t.ended_at + app.rule_days('task.reopen') > clock.now()
           and not (select k.acts from ref.task_kind k where k.kind = t.kind);
    end $$;
