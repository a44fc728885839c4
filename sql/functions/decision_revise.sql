-- Decisions that take the place of others: revisions, and heavier ones.

-- The decisions that this one replaces end, and what was asked about them is answered: the one that it revises, and lighter ones that it takes the place of.
create function app.decision_replace(d app.decision) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare o app.decision;
    begin
        for o in select x.* from app.decision x where x.tenant_id = d.tenant_id and x.candidate_id = d.candidate_id
                 and (x.id = d.revises_id or (x.id::text in (select jsonb_array_elements_text(coalesce(d.calculation -> 'replaces', '[]'))))) order by x.id for no key update loop
            if o.id is distinct from d.revises_id and o.from_day < d.from_day then -- it held on the days before
                update app.decision x set until_day = d.from_day - 1, revised_by_id = d.id where x.tenant_id = o.tenant_id and x.id = o.id;
                continue;
            end if;
            update app.decision x set state = app.move('decision', o.state, 'replace'), revised_by_id = d.id, suspended_since = null where x.tenant_id = o.tenant_id and x.id = o.id;
            update app.decision_review r set outcome = case when r.kind::text = d.revise_reason then 'revised' else 'void' end, outcome_on = clock.today(), outcome_by = app.actor()
            where r.tenant_id = o.tenant_id and r.decision_id = o.id and r.outcome is null;
            perform app.task_settle('decision', o.id, 'term', 'met', 'return');
            perform app.task_drop('decision', o.id, 'term');
        end loop;
    end $$;

-- A decision lapsed, or was withdrawn, before the person was told of it. So the decision that it replaced stands again, with the same days, and what was asked about it is asked again. When
-- the person was not told of that one either, its letter goes after all; after a death it stays replaced, and the one before it stands again. What another measure lowers meanwhile stays replaced.
create function app.decision_stand_again(gone app.decision) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        o app.decision;
        r app.decision_review;
        stood text;
        died boolean := (select c.died_on is not null from app.candidate c where c.tenant_id = gone.tenant_id and c.id = gone.candidate_id);
    begin
        for o in select x.* from app.decision x where x.tenant_id = gone.tenant_id and x.revised_by_id = gone.id order by x.id for no key update loop
            if o.state <> 'revised' then -- it was made shorter
                update app.decision x set until_day = least((o.calculation ->> 'until')::date, o.ends_on), revised_by_id = null where x.tenant_id = o.tenant_id and x.id = o.id;
                continue;
            end if;
            stood := (select t.from_state from app.transition t where t.tenant_id = o.tenant_id and t.noun = 'decision' and t.subject_id = o.id and t.to_state = 'revised' order by t.seq desc limit 1);
            if stood = 'decided' and died then
                perform app.decision_stand_again(o);
                continue;
            end if;
            continue when o.kind = 'lowering' and not o.concurrent and exists (select from app.decision x where x.tenant_id = o.tenant_id and x.candidate_id = o.candidate_id and x.kind = 'lowering'
                and not x.concurrent and x.decided_at is not null and not app.decision_is_ended(x.state) and daterange(x.from_day, x.until_day, '[]') && daterange(o.from_day, o.until_day, '[]'));
            update app.decision x set state = app.move('decision', o.state, case stood when 'decided' then 'reinstate' else 'restore' end), revised_by_id = null,
                   suspended_since = (select min(j.injunction_from) from app.objection j where j.tenant_id = o.tenant_id and j.decision_id = o.id and j.state <> 'withdrawn'
                                      and (j.injunction_until is null or j.injunction_until >= clock.today()))
            where x.tenant_id = o.tenant_id and x.id = o.id;
            if stood in ('in_force', 'ended') then
                update app.decision x set state = app.move('decision', x.state, case stood when 'in_force' then 'begin' else 'end' end) where x.tenant_id = o.tenant_id and x.id = o.id;
            end if;
            continue when died;
            if stood <> 'ended' then
                for r in update app.decision_review v set outcome = null, outcome_on = null, outcome_by = null
                         where v.tenant_id = o.tenant_id and v.decision_id = o.id and v.outcome in ('revised', 'void') returning v.* loop
                    perform app.decision_term(o, r.kind, r.decide_by);
                end loop;
            end if;
            if o.objection_until >= clock.today() then
                perform app.decision_term(o, 'objection', o.objection_until);
            end if;
            perform app.decision_begin(o.id);
            if stood = 'decided' then -- its letter may have gone meanwhile
                perform app.decision_notified(o.id, (m.sent_at at time zone 'Europe/Amsterdam')::date) from app.message m
                where m.tenant_id = o.tenant_id and m.occasion = app.occasion('decision', o.id::text, 'decided') and m.to_candidate_id is not null and app.message_is_settled(m.state);
            end if;
        end loop;
    end $$;

-- Drafts a decision that takes the place of one that stands: a return to the obligations, a reconsideration, an objection that was partly upheld, a correction.
create function app.decision_revise(revision uuid, before uuid, changes jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare o app.decision := app.decision_lock(before); -- it asks app.sees_decision()
    begin
        perform app.require('decision', o.state, 'reviseDecision');
        if exists (select from app.candidate c where c.tenant_id = o.tenant_id and c.id = o.candidate_id and c.died_on is not null) then
            perform app.refuse_state('died', '{}'); -- nobody could be told of it
        end if;
        perform app.decision_revise_as(revision, o, changes ->> 'reason', changes - 'reason');
    end $$;
create function app.decision_revise_as(revision uuid, o app.decision, reason text, changes jsonb) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare d app.decision := jsonb_populate_record(null::app.decision, to_jsonb(o) - '{calculation,inputs,hash,view_asked_at,view_until,view_channel,view_message_id,view_handed_by,hearing_id,
        view_given_at,view_given_channel,view_text,view_skipped_ground,view_skipped_text,decided_at,decided_by,decided_logins,notified_on,handed_out_by,receipt,objection_until,reconsider_by,suspended_since,paid_on,
        paid_reference,revised_by_id,withdrawn_reason}'::text[] || changes);
    begin
        d.id := revision;
        d.state := 'drafted';
        d.revises_id := o.id;
        d.revise_reason := reason;
        d.drafted_at := clock.now();
        d.drafted_by := app.actor();
        d.drafted_logins := app.decision_logins(app.actor());
        d := app.decision_calculated(d, clock.today());
        insert into app.decision select d.*;
        insert into app.decision_signal (tenant_id, decision_id, signal_id) select s.tenant_id, d.id, s.signal_id from app.decision_signal s where s.tenant_id = o.tenant_id and s.decision_id = o.id;
    end $$;

-- What the person was told, in the place of which this decision comes: a correction that nobody was told of has never had effect. Null: nothing.
create function app.decision_told_before(d app.decision) returns app.decision language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare o app.decision := d;
    begin
        loop
            select x.* into o from app.decision x where x.tenant_id = d.tenant_id and x.id = o.revises_id;
            exit when o.id is null or o.notified_on is not null;
        end loop;
        return o;
    end $$;

-- The decision that stands in the place of this one: the last one that revised it, for an objection is about that one, too (Awb, article 6:19).
create function app.decision_standing(d app.decision) returns app.decision language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare n app.decision;
    begin
        loop
            select x.* into n from app.decision x where x.tenant_id = d.tenant_id and x.revises_id = d.id and d.revised_by_id = x.id;
            if not found then
                return d;
            end if;
            d := n;
        end loop;
    end $$;
