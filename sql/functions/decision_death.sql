-- Decisions about somebody who died.

-- A decision lapsed before the person was told of it. So the decision that it replaced stands again, with the same days. When the person was not told of that one either, it stays replaced, and the one before it stands again.
create function app.decision_stand_again(lapsed app.decision) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        o app.decision;
        stood text;
    begin
        for o in select x.* from app.decision x where x.tenant_id = lapsed.tenant_id and x.revised_by_id = lapsed.id order by x.id for no key update loop
            if o.state <> 'revised' then -- it was made shorter
                update app.decision x set until_day = least((o.calculation ->> 'until')::date, o.ends_on), revised_by_id = null where x.tenant_id = o.tenant_id and x.id = o.id;
                continue;
            end if;
            stood := (select t.from_state from app.transition t where t.tenant_id = o.tenant_id and t.noun = 'decision' and t.subject_id = o.id and t.to_state = 'revised' order by t.seq desc limit 1);
            if stood = 'decided' then
                perform app.decision_stand_again(o);
                continue;
            end if;
            update app.decision x set state = app.move('decision', o.state, 'restore'), revised_by_id = null,
                   suspended_since = (select min(j.injunction_from) from app.objection j where j.tenant_id = o.tenant_id and j.decision_id = o.id and j.state <> 'withdrawn'
                                      and (j.injunction_until is null or j.injunction_until >= clock.today()))
            where x.tenant_id = o.tenant_id and x.id = o.id;
            if stood <> 'notified' then
                update app.decision x set state = app.move('decision', x.state, case stood when 'in_force' then 'begin' else 'end' end) where x.tenant_id = o.tenant_id and x.id = o.id;
            end if;
        end loop;
    end $$;

-- After somebody died, drafts lapse. A decision lapses, too, when the person was not told of it: it never had effect (Awb, article 3:40), and no letter can reach the person any
-- more. A decision that the person was told of stays, and so does every lowered payment before the death. A premium and costs stay: they are paid to the heirs. All tasks end.
create function app.decisions_lapse() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        event text := current_setting('app.event', true);
        d app.decision;
    begin
        perform app.task_drop('decision', x.id) from app.decision x where x.tenant_id = new.tenant_id and x.candidate_id = new.id;
        for d in select x.* from app.decision x where x.tenant_id = new.tenant_id and x.candidate_id = new.id
                 and (app.decision_is_pending(x.state) or x.state = 'decided' and x.kind not in ('premium', 'cost')) order by x.id for no key update loop
            update app.decision x set state = app.move('decision', d.state, 'lapse'), suspended_since = null where x.tenant_id = d.tenant_id and x.id = d.id;
            update app.decision_review r set outcome = 'void', outcome_on = clock.today(), outcome_by = app.actor() where r.tenant_id = d.tenant_id and r.decision_id = d.id and r.outcome is null;
            perform app.message_withdraw('decision', d.id);
            perform app.decision_stand_again(d);
        end loop;
        perform set_config('app.event', coalesce(event, ''), true);
        return null;
    end $$;
create trigger decisions_lapse after update of died_on on app.candidate for each row
    when (new.died_on is not null and old.died_on is null) execute function app.decisions_lapse();
