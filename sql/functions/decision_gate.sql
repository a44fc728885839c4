-- What is missing before a decision is made: everything at once, each with the article that asks for it (ref.decision_need).

-- Who decides: a person, empowered to, and somebody else than the drafter.
create function app.decision_missing_person(d app.decision) returns setof text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select 'machine' where app.actor() is null or app.role() = 'system';
        return query select 'decider' where not app.decision_is_decider();
        return query select 'second_person' where d.drafted_logins && app.decision_logins(app.actor());
        return query select 'died' where app.decision_of_dead(d) and not app.decision_for_heirs(d);
    end $$;

-- What was found: every signal was looked into, and the summons to what somebody did not come to had arrived.
create function app.decision_missing_facts(d app.decision) returns setof text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        select distinct case when app.signal_is_ended(s.state) or s.outcome in ('present', 'ill', 'excused', 'mistaken') then 'signal_excused'
                             when app.signal_is_pending(s.state) then 'signal_not_looked_into' end
        from app.decision_signal l join app.signal s on s.tenant_id = l.tenant_id and s.id = l.signal_id
        where l.tenant_id = d.tenant_id and l.decision_id = d.id
          and (app.signal_is_pending(s.state) or app.signal_is_ended(s.state) or s.outcome in ('present', 'ill', 'excused', 'mistaken'));
        return query select 'summons_not_arrived' where exists (
            select from app.decision_signal l join app.signal s on s.tenant_id = l.tenant_id and s.id = l.signal_id
            join app.appointment a on a.tenant_id = s.tenant_id and a.id = s.appointment_id
            where l.tenant_id = d.tenant_id and l.decision_id = d.id and s.kind = 'no_show' and not app.appointment_proof(a));
        return query select 'rules_not_known' where d.kind <> 'cost' and app.rules_known(d.candidate_id, coalesce(d.conduct_on, clock.today())) is null;
    end $$;

-- Whether it can be proved that the invitation to give a view arrived: it was handed over, a message was sent before the term was over, the hearing has such a proof, or the person
-- answered.
create function app.decision_view_arrived(d app.decision) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return d.view_handed_by is not null or d.view_given_at is not null
            or exists (select from app.message m where m.tenant_id = d.tenant_id and m.id = d.view_message_id and app.message_is_settled(m.state)
                       and coalesce((m.sent_at at time zone 'Europe/Amsterdam')::date, d.view_until) <= d.view_until)
            or exists (select from app.appointment a where a.tenant_id = d.tenant_id and a.id = d.hearing_id and app.appointment_proof(a));
    end $$;

-- The same for the one who sees the decision.
create function app.decision_view_proven(decision uuid) returns boolean language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select app.decision_view_arrived(d) from app.decision d where d.tenant_id = app.tenant() and d.id = decision and d.view_asked_at is not null and app.sees_decision(d));
    end $$;

-- A decision that favours the person needs no view (Awb, article 4:8), nor does one that makes another one lighter.
create function app.decision_is_adverse(d app.decision) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select k.adverse from ref.decision_kind k where k.kind = d.kind)
            and not exists (select from app.decision o where o.tenant_id = d.tenant_id and o.id = coalesce((app.decision_told_before(d)).id, d.revises_id) and o.kind = d.kind and app.decision_weight(d) <= app.decision_weight(o)
                            and (app.decision_weight(d) = 0 or coalesce(d.until_day, 'infinity') <= coalesce(o.until_day, 'infinity') and coalesce(d.from_day, '-infinity') >= coalesce(o.from_day, '-infinity')));
    end $$;

-- The view of the person.
create function app.decision_missing_view(d app.decision) returns setof text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not app.decision_is_adverse(d) or d.view_skipped_ground is not null then
            return query select 'view_not_skipped' where app.decision_is_adverse(d) and d.view_skipped_ground = 'ordinance' and d.view_given_at is null
                and not jsonb_path_exists(d.inputs, '$.rules[*] ? (@.code == "measure.ordinance" && @.value.view_may_be_skipped == true)');
            return;
        elsif d.view_asked_at is null then
            return query select 'view_not_asked';
            return;
        end if;
        return query select 'view_not_arrived' where not app.decision_view_arrived(d);
        return query select 'view_term' where d.view_given_at is null and d.view_until >= clock.today();
    end $$;

-- What has to be weighed, of what is adverse.
create function app.decision_missing_weighing(d app.decision) returns setof text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select 'reasons' where coalesce(d.reasons, '') = '';
        if (select k.adverse from ref.decision_kind k where k.kind = d.kind) then
            return query select 'blame' where d.blame is null;
                return query select 'circumstances' where d.circumstances is null;
            return query select 'urgent_reasons' where d.urgent_reasons is null;
        end if;
    end $$;

-- Whether the rules on which the draft rests are adopted, and still those that hold.
create function app.decision_missing_rules(d app.decision, now app.decision) returns setof text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select 'rule_not_adopted' where exists (
            select from unnest(d.rule_ids) i where not exists (select from ref.rule r where r.id = i)
            and not exists (select from app.rule r where r.tenant_id = d.tenant_id and r.id = i and app.rule_is_settled(r.state)));
        return query select 'rule_replaced' where d.rule_ids <> now.rule_ids;
        return query select 'calculation_changed' where d.rule_ids = now.rule_ids
            and (d.percentage, d.step, d.amount_cents, d.calculation -> 'months') is distinct from (now.percentage, now.step, now.amount_cents, now.calculation -> 'months');
    end $$;

-- What comes of it: something, and in place of a decision that stands.
create function app.decision_missing_result(d app.decision, now app.decision) returns setof text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select 'nothing' where d.kind = 'lowering' and coalesce(now.percentage, 0) = 0 and d.revises_id is null;
        return query select 'nothing_to_lower' where d.kind = 'lowering' and d.revises_id is null
            and (app.decision_benefit(d.candidate_id, d.benefit_id, clock.today())).until_day < now.from_day;
        return query select 'amount' where d.kind in ('premium', 'cost') and coalesce(now.amount_cents, 0) = 0;
        return query select 'paid_before' where d.occasion is not null and exists (
            select from app.decision o join app.task t on t.tenant_id = o.tenant_id and t.subject_id = o.id and t.kind = 'look_again' and t.cause = 'paid' and app.task_is_open(t.state)
            where o.tenant_id = d.tenant_id and o.candidate_id = d.candidate_id and o.kind = d.kind and o.occasion = d.occasion and o.id <> d.id);
        return query select 'overlap' where d.kind = 'lowering' and not now.concurrent and exists (
            select from app.decision o where o.tenant_id = d.tenant_id and o.candidate_id = d.candidate_id and o.kind = 'lowering' and not o.concurrent
              and (app.decision_is_open(o.state) or app.decision_is_settled(o.state)) and o.id <> d.id and o.id is distinct from d.revises_id
              and not coalesce(now.calculation -> 'replaces' ? o.id::text, false) and daterange(o.from_day, o.until_day, '[]') && daterange(now.from_day, now.until_day, '[]'));
        return query select 'revised_over' where d.revises_id is not null and not exists (
            select from app.decision o where o.tenant_id = d.tenant_id and o.id = d.revises_id and (app.decision_is_open(o.state) or app.decision_is_settled(o.state)));
        return query select jsonb_array_elements_text(coalesce(now.calculation -> 'missing', '[]') || coalesce(now.calculation -> 'refused', '[]'));
    end $$;

-- Why a decision cannot get other days: it would become another decision, or the gate refuses it. The list is empty when the days are the same.
create function app.decision_put_off_lacks(d app.decision, n app.decision) returns text[] language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return array(select 'calculation_changed' where (n.percentage, n.calculation -> 'months') is distinct from (d.percentage, d.calculation -> 'months')
                     union select c from app.decision_missing_result(d, n) c where c <> 'revised_over') where n.from_day is distinct from d.from_day;
    end $$;

-- Everything that is missing now, in the order of ref.decision_need. What the calculation itself refuses is among it.
create function app.decision_missing_codes(d app.decision) returns text[] language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare now app.decision := app.decision_calculated(d, clock.today());
    begin
        return array(
            select n.code from ref.decision_need n
            where n.code in (select app.decision_missing_person(d) union select app.decision_missing_facts(d) union select app.decision_missing_view(d)
                             union select app.decision_missing_weighing(d) union select app.decision_missing_rules(d, now) union select app.decision_missing_result(d, now))
            order by n.place);
    end $$;

-- The same in words, for the one who sees the draft.
create function app.decision_lacks(wanted uuid) returns json language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select json_agg(json_build_object('code', n.code, 'saidNl', n.said_nl, 'saidEn', n.said_en, 'source', n.source) order by n.place)
                from app.decision d join ref.decision_need n on n.code = any (app.decision_missing_codes(d))
                where d.tenant_id = app.tenant() and d.id = wanted and app.decision_is_pending(d.state) and app.role() <> 'candidate');
    end $$;
