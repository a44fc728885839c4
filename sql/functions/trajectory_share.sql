-- Trajectories: the letter with the rules, and what the future employer sees and says.

-- Somebody handed over the letter with the rules, or sent it. The letter is made as a document, once.
create function app.trajectory_hand_rules(trajectory uuid, channel text, day date) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.trajectory := app.trajectory_lock(trajectory); -- it asks app.sees_trajectory()
        on_day date := coalesce(day, clock.today());
    begin
        perform app.require('trajectory', t.state, 'handRules');
        if on_day > clock.today() then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(null, clock.today()), table = 'trajectory', constraint = 'trajectory_rules_handed_on_check';
        end if;
        update app.trajectory o set rules_handed_on = on_day, rules_channel = channel, rules_handed_by = app.actor(), rules_received_on = null,
               rules_document_id = coalesce((select d.id from app.document d where d.tenant_id = t.tenant_id and d.id = t.rules_document_id
                                             and not app.document_is_ended(d.state)), app.trajectory_rules_letter(t))
        where o.tenant_id = t.tenant_id and o.id = t.id;
    end $$;

-- Asks for the letter with the rules of this trajectory: what is expected, until when, and what the municipality does.
create function app.trajectory_rules_letter(t app.trajectory) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare words jsonb := app.rule('letter.rules', clock.now(), t.project_id);
    begin
        return (select app.document_request('rules_letter', 'trajectory', t.id, jsonb_strip_nulls(jsonb_build_object(
                    'name', coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.alias), 'address', c.address_lines, 'municipality', m.name, 'date', calendar.in_words(clock.today()),
                    'reference', left(t.id::text, 13), 'rights', words -> 'rights',
                    'duties', (words -> 'duties') || case when t.register_by is null then '[]' else jsonb_build_array(
                        format('U schrijft zich uiterlijk op %s zelf in bij %s.', calendar.in_words(t.register_by), coalesce(o.name, 'een uitzendbureau'))) end,
                    'search_until', calendar.in_words(t.search_until), 'contact', words ->> 'contact', 'sender', coalesce(u.name, m.name))))
                from app.candidate c join ref.tenant m on m.tenant_id = c.tenant_id
                left join app.organisation o on o.tenant_id = t.tenant_id and o.id = t.organisation_id
                left join app.user_account u on u.tenant_id = t.tenant_id and u.id = app.actor()
                where c.tenant_id = t.tenant_id and c.id = t.candidate_id);
    end $$;

-- The candidate has the letter: the candidate says so, or the one who saw the receipt.
create function app.trajectory_receive_rules(trajectory uuid, day date) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare t app.trajectory := app.trajectory_lock(trajectory); -- it asks app.sees_trajectory()
    begin
        perform app.require('trajectory', t.state, 'receiveRules');
        if t.rules_handed_on is null then
            raise exception using errcode = 'MW409', message = 'rules-not-handed';
        end if;
        update app.trajectory o set rules_received_on = coalesce(day, clock.today()) where o.tenant_id = t.tenant_id and o.id = t.id;
    end $$;

-- The candidate agrees that the future employer sees content and progress, or withdraws that. Who has withdrawn it may agree anew.
create function app.trajectory_share(trajectory uuid, shared boolean, channel text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.trajectory := app.trajectory_lock(trajectory); -- it asks app.sees_trajectory()
        shares boolean := t.shared_at is not null and t.unshared_at is null;
    begin
        perform app.require('trajectory', t.state, 'shareTrajectory');
        if shared and not shares then
            update app.trajectory o set shared_at = clock.now(), unshared_at = null,
                   shared_channel = case app.role() when 'candidate' then 'portal' else channel end
            where o.tenant_id = t.tenant_id and o.id = t.id;
        elsif not shared and shares then
            update app.trajectory o set unshared_at = clock.now() where o.tenant_id = t.tenant_id and o.id = t.id;
            perform app.task_drop('trajectory', t.id, 'question', 'employer');
        end if;
    end $$;

-- Asks the future employer to agree to the training: the answer is a task of the employer.
create function app.trajectory_ask_employer(trajectory uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare t app.trajectory := app.trajectory_lock(trajectory); -- it asks app.sees_trajectory()
    begin
        perform app.require('trajectory', t.state, 'askEmployer');
        if t.shared_at is null or t.unshared_at is not null then
            raise exception using errcode = 'MW409', message = 'not-shared';
        end if;
        update app.trajectory o set employer_agreed = 'asked', employer_asked_at = clock.now(), employer_answered_at = null
        where o.tenant_id = t.tenant_id and o.id = t.id;
        perform app.task_open('question', 'trajectory', t.id, null, null, 'employer', owner_employer => t.employer_id);
    end $$;

-- The employer agrees or does not, or somebody writes down what the employer said.
create function app.trajectory_answer(trajectory uuid, agrees boolean) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare t app.trajectory := app.trajectory_lock(trajectory); -- it asks app.sees_trajectory()
    begin
        perform app.require('trajectory', t.state, 'answerForEmployer');
        if t.shared_at is null or t.unshared_at is not null then
            raise exception using errcode = 'MW409', message = 'not-shared';
        end if;
        update app.trajectory o set employer_agreed = case when agrees then 'agreed' else 'declined' end, employer_answered_at = clock.now()
        where o.tenant_id = t.tenant_id and o.id = t.id;
        perform app.task_settle('trajectory', t.id, 'question', 'answered', 'employer');
    end $$;

-- Content and progress: what it is, when, and how far its steps are. No barrier, no outcome of a person, no words.
create function app.trajectory_steps(trajectory uuid) returns json language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select coalesce(json_agg(json_strip_nulls(json_build_object('id', k.id, 'topic', k.topic, 'state', k.state,
                    'dueAt', app.json_instant(k.due_at), 'endedAt', app.json_instant(k.ended_at))) order by k.due_at, k.id), '[]')
                from app.trajectory t join app.task k on k.tenant_id = t.tenant_id and k.subject_id = t.id and k.kind = 'step'
                where t.tenant_id = app.tenant() and t.id = trajectory and app.sees_trajectory(t)
                  and (app.task_is_open(k.state) or app.task_is_pending(k.state) or app.task_is_settled(k.state)));
    end $$;
