-- Decisions: who sees them, how one is drafted and calculated. What is missing before one is made is in decision_gate.sql, and what is done with one in
-- decision_act.sql.

-- Everyone who passes the wall of measures; and the person, who is asked for a view and sees what was notified, and never a draft.
create function app.decision_told(d app.decision, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when role = 'candidate' then (d.notified_on is not null or d.state = 'hearing') and app.is_own_file(d.candidate_id, actor)
                    else app.sees_measure(d.candidate_id, scope, role, organisation, actor) end is true;
    end $$;
grant execute on function app.decision_told(app.decision, text, text, uuid, uuid) to public;
create function app.sees_decision(d app.decision, scope text default app.scope(), role text default app.role(),
                                  organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.decision_told(d, scope, role, organisation, actor);
call app.wall('app.decision', 'decision', '{objection_until,reconsider_by,paid_on,paid_reference,notified_on}');
call app.days_within('app.decision', 'conduct_on happened', 'starts_on begins', 'ends_on ends');
call app.open_to_scope('app.decision', 'app.sees_decision');
call app.apart('app.decision', 'false');
call app.guarded('app.decision', 'decision');
call app.unique_by('app.decision_rewards_once', 'app.sees_decision', '/decisions/');
call app.unique_by('app.decision_revised_once', 'app.sees_decision', '/decisions/');
call app.referable('app.decision', 'decision', 'measure', 'app.sees_decision', candidate => 'r.candidate_id',
                   label => '(select k.title_nl from ref.decision_kind k where k.kind = r.kind)');
create trigger zz_log_transition before update on app.decision
    for each row when (new.state is distinct from old.state) execute function app.log_transition('decision');
call app.wall('app.decision_signal');
call app.open_to_tenant('app.decision_signal');
call app.wall('app.decision_review');
call app.open_to_tenant('app.decision_review');

-- Every login that leads to a user: the account itself, the logins of identity providers, and their subjects where these are accounts. By them two users can be
-- one person (the constraint decision_by_another).
create function app.decision_logins(account uuid) returns text[] language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return array(select account::text where account is not null
                     union select l.issuer || ' ' || l.subject from entry.login l where l.user_id = account
                     union select lower(l.subject) from entry.login l where l.user_id = account and l.subject ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$');
    end $$;

-- Whether the one who asks is a person who may decide: a program has no user.
create function app.decision_is_decider() returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from entry.hat h where h.tenant_id = app.tenant() and h.user_id = app.actor() and h.role = app.role() and 'decider' = any (h.attributes)
                       and (h.from_at is null or h.from_at <= clock.now()) and (h.until_at is null or h.until_at > clock.now()));
    end $$;

-- What the calculation asks beside the rules: what the drafter chose and weighed.
create function app.decision_choices(d app.decision) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select jsonb_strip_nulls(jsonb_build_object('blame', d.blame, 'also', d.also, 'spread', to_jsonb(d.spread), 'from_day', d.starts_on, 'ends_on', least(d.ends_on, case when d.kind = 'lowering' and d.revises_id is not null then c.died_on end), 'asked_cents', d.amount_asked,
                   'about', coalesce(d.task_id, d.placement_id), 'benefit_id', d.benefit_id, 'decision_id', d.id, 'revises_id', d.revises_id,
                   'done_on', (select (t.ended_at at time zone 'Europe/Amsterdam')::date from app.task t where t.tenant_id = d.tenant_id and t.id = d.task_id and app.task_is_settled(t.state)),
                   'stay_from', p.started_on, 'stay_until', p.ended_on,
                   'circumstances', case when num_nonnulls(d.adjusted_percentage, d.adjusted_months) > 0 or d.urgent_reasons in ('partly', 'fully') then jsonb_build_object(
                       'percentage', d.adjusted_percentage, 'months', d.adjusted_months, 'reason', d.adjust_reason, 'urgent', coalesce(d.urgent_reasons <> 'none', false)) end))
               from (select 1) one left join app.placement p on p.tenant_id = d.tenant_id and p.id = d.placement_id
               left join app.candidate c on c.tenant_id = d.tenant_id and c.id = d.candidate_id);
    end $$;

-- The method by which drafts are calculated now. What was decided keeps its own.
create function app.decision_method() returns int immutable parallel safe
    return 1;

-- The draft with its calculation as it is on a day: everything that was asked, every article, and what comes of it. A decision that makes lighter what the person was told is reckoned from the day
-- of the first decision, and keeps its days: the payment is lowered less in those months, and in no others.
create function app.decision_calculated(d app.decision, on_day date) returns app.decision language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        told app.decision := app.decision_told_before(d);
        made app.decision;
    begin
        if told.id is not null then
            made := app.decision_calculated_from(d, (told.inputs ->> 'decided_on')::date, jsonb_build_object('notified_on', coalesce((told.inputs ->> 'notified_on')::date, told.notified_on)));
        end if;
        if told.id is null or app.decision_is_adverse(made) then
            made := app.decision_calculated_from(d, on_day, '{}');
        end if;
        made.calculated_on := on_day;
        return made;
    end $$;
create function app.decision_calculated_from(d app.decision, decided_on date, more jsonb) returns app.decision language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        d.method := app.decision_method();
        d.inputs := app.decision_inputs(d.candidate_id, d.kind, d.conduct_on, decided_on, d.duty, d.category, d.project_id, app.decision_choices(d) || more);
        d.calculation := app.decision_reckon(d.method, d.inputs);
        d.hash := sha256(convert_to(d.inputs::text || E'\n' || d.calculation::text, 'UTF8'));
        d.rule_ids := array(select distinct (r ->> 'id')::uuid from jsonb_array_elements(d.inputs -> 'rules') r where r ->> 'id' is not null order by 1);
        d.percentage := (d.calculation ->> 'percentage')::int;
        d.step := (d.calculation ->> 'step')::int;
        d.from_day := case when d.kind in ('lowering', 'ending', 'consequence') then coalesce((d.calculation ->> 'from')::date, d.starts_on) end;
        d.until_day := case when d.kind = 'lowering' then least((d.calculation ->> 'until')::date, d.ends_on) end;
        d.amount_cents := case when d.kind in ('premium', 'cost') then (d.calculation ->> 'amount_cents')::bigint end;
        d.concurrent := coalesce((d.calculation ->> 'beside')::boolean, false);
        return d;
    end $$;

-- What a premium or costs are for, so that they are given once.
create function app.decision_occasion(d app.decision) returns text language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when d.kind in ('premium', 'cost') then coalesce(d.category, '-') || ':' || coalesce(d.task_id, d.placement_id, d.project_id, d.id) end;
    end $$;

-- Refuses what does not belong to this person, in the words of a foreign key.
create function app.decision_refer(d app.decision, signals uuid[]) returns void language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare wrong text := case
        when d.benefit_id is not null and not exists (select from app.benefit b where b.tenant_id = d.tenant_id and b.id = d.benefit_id and b.candidate_id = d.candidate_id) then 'benefit_id'
        when d.placement_id is not null and not exists (select from app.placement p where p.tenant_id = d.tenant_id and p.id = d.placement_id and p.candidate_id = d.candidate_id) then 'placement_id'
        when d.task_id is not null and not exists (select from app.task t where t.tenant_id = d.tenant_id and t.id = d.task_id and t.candidate_id = d.candidate_id) then 'task_id'
        when exists (select from unnest(signals) s where not exists (select from app.signal x where x.tenant_id = d.tenant_id and x.id = s and x.candidate_id = d.candidate_id)) then 'signal_ids'
        when d.project_id is not null and not exists (select from region.project p where p.region_id = region.here() and p.id = d.project_id and d.tenant_id = any (p.readers)) then 'project_id' end;
    begin
        if wrong is not null then
            raise exception using errcode = '23503', message = 'reference', table = 'decision', constraint = format('decision_%s_fkey', wrong);
        end if;
    end $$;

-- Drafts a decision about a person whose measures the caller sees. It is calculated at once.
create function app.decision_draft(decision uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision := jsonb_populate_record(null::app.decision, asked);
        signals uuid[] := array(select distinct s::uuid from jsonb_array_elements_text(coalesce(asked -> 'signal_ids', '[]')) s);
        c app.candidate;
    begin
        d.state := 'drafted';
        select q.* into c from app.candidate q where q.tenant_id = app.tenant() and q.id = d.candidate_id and app.sees_decision(d) for share;
        if not found then
            raise exception using errcode = '23503', message = 'reference', table = 'decision', constraint = 'decision_candidate_id_fkey';
        end if;
        perform app.require('candidate', case when c.died_on is not null then 'died' when c.merged_into is not null then 'merged' else c.status end, 'createDecision', '/candidateId');
        d.tenant_id := c.tenant_id;
        d.id := decision;
        d.drafted_at := clock.now();
        d.drafted_by := app.actor();
        d.drafted_logins := app.decision_logins(app.actor());
        perform app.decision_refer(d, signals);
        d.conduct_on := coalesce(d.conduct_on, (select min((s.seen_at at time zone 'Europe/Amsterdam')::date) from app.signal s where s.tenant_id = d.tenant_id and s.id = any (signals)));
        d.project_id := coalesce(d.project_id, (select s.project_id from app.signal s where s.tenant_id = d.tenant_id and s.id = any (signals) and s.project_id is not null order by s.id limit 1));
        d.benefit_id := coalesce(d.benefit_id, (select b.id from app.benefit b where b.tenant_id = d.tenant_id and b.candidate_id = d.candidate_id
            and app.benefit_now(b.state, b.until_day, b.end_reason) = case d.kind when 'consequence' then 'applied' else 'granted' end and b.kind in ('assistance', 'ioaw', 'ioaz') order by b.from_day desc nulls last, b.id limit 1));
        d.occasion := app.decision_occasion(d);
        d := app.decision_calculated(d, clock.today());
        d.method := coalesce(d.method, 0); d.rule_ids := coalesce(d.rule_ids, '{}');
        insert into app.decision select d.*;
        insert into app.decision_signal (tenant_id, decision_id, signal_id) select d.tenant_id, d.id, s from unnest(signals) s;
    end $$;

-- The decision that the caller sees, locked; or MW404.
create function app.decision_lock(decision uuid) returns app.decision language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare d app.decision;
    begin
        select x.* into d from app.decision x where x.tenant_id = app.tenant() and x.id = decision and app.sees_decision(x) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return d;
    end $$;

-- Changes a draft, and calculates it again. The one who changes it has drafted it, too. When it becomes heavier than what the person was asked about, the person is
-- asked again. Returns the decision, or nothing when it is a newer one than `versions`.
create function app.decision_redraft(decision uuid, changes jsonb, versions int8multirange) returns uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        old app.decision := app.decision_lock(decision); -- it asks app.sees_decision()
        d app.decision;
        signals uuid[] := array(select distinct s::uuid from jsonb_array_elements_text(coalesce(changes -> 'signal_ids', '[]')) s order by 1);
    begin
        if not versions @> old.version then
            return null;
        end if;
        perform app.require('decision', old.state, 'updateDecision');
        d := jsonb_populate_record(old, changes);
        perform app.decision_refer(d, signals);
        if d is distinct from old or (changes ? 'signal_ids' and signals <> array(select l.signal_id from app.decision_signal l where l.tenant_id = old.tenant_id and l.decision_id = old.id order by 1)) then
            d.drafted_logins := array(select distinct l from unnest(old.drafted_logins || app.decision_logins(app.actor())) l order by l);
        end if;
        d.occasion := app.decision_occasion(d);
        d := app.decision_calculated(d, clock.today());
        if changes ? 'signal_ids' then
            delete from app.decision_signal s where s.tenant_id = old.tenant_id and s.decision_id = old.id and not s.signal_id = any (signals);
            insert into app.decision_signal (tenant_id, decision_id, signal_id) select old.tenant_id, old.id, s from unnest(signals) s on conflict do nothing;
        end if;
        update app.decision x set (benefit_id, project_id, duty, category, conduct_on, task_id, placement_id, also, spread, starts_on, adjusted_percentage, adjusted_months, adjust_reason, amount_asked,
                end_reason, refusal_reason, blame, blame_text, seriousness, seriousness_text, circumstances, circumstances_text, urgent_reasons, urgent_text, own_role, own_role_text,
                reasons, inputs, calculation, method, hash, rule_ids, calculated_on, percentage, step, from_day, until_day, amount_cents, concurrent, occasion, drafted_logins)
            = (d.benefit_id, d.project_id, d.duty, d.category, d.conduct_on, d.task_id, d.placement_id, d.also, d.spread, d.starts_on, d.adjusted_percentage, d.adjusted_months, d.adjust_reason, d.amount_asked,
                d.end_reason, d.refusal_reason, d.blame, d.blame_text, d.seriousness, d.seriousness_text, d.circumstances, d.circumstances_text, d.urgent_reasons, d.urgent_text, d.own_role, d.own_role_text,
                d.reasons, d.inputs, d.calculation, d.method, d.hash, d.rule_ids, d.calculated_on, d.percentage, d.step, d.from_day, d.until_day, d.amount_cents, d.concurrent, d.occasion, d.drafted_logins)
        where x.tenant_id = old.tenant_id and x.id = old.id;
        if old.state = 'hearing' and app.decision_weight(d) > app.decision_weight(old) then
            update app.decision x set state = app.move('decision', x.state, 'redraft'), view_asked_at = null, view_until = null, view_channel = null, view_message_id = null,
                   view_handed_by = null, view_given_at = null, view_given_channel = null, view_text = null
            where x.tenant_id = old.tenant_id and x.id = old.id;
            perform app.task_drop('decision', old.id, 'term', 'view');
        end if;
        return old.id;
    end $$;

-- How heavy a decision is: per cents times months of a lowering; an ending is heavier than any.
create function app.decision_weight(d app.decision) returns int language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case d.kind when 'ending' then 100000 when 'consequence' then 100000 else coalesce(d.percentage, 0) * coalesce((d.calculation ->> 'months')::int, 1) end;
    end $$;
