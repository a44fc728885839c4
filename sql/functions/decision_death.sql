-- Decisions about somebody who died.

create function app.decision_of_dead(d app.decision) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return exists (select from app.candidate c where c.tenant_id = d.tenant_id and c.id = d.candidate_id and c.died_on is not null); end $$;

-- Whether it is still decided after a death: it makes a decision lighter after an objection. Heirs go on with an objection. Its letter is a page for the heirs, and it is told by handing that out.
create function app.decision_for_heirs(d app.decision) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return d.revise_reason is not distinct from 'objection' and not app.decision_is_adverse(d)
            and (d.kind in ('premium', 'cost') or (app.decision_told_before(d)).id is not null);
    end $$;

-- After somebody died, drafts lapse. A decision lapses, too, when the person was not told of it: it never had effect (Awb, article 3:40), and no letter can reach the person any
-- more. A decision that the person was told of stays, and so does every lowered payment before the death. A premium and costs stay: they are paid to the heirs. All tasks end.
-- What makes a decision lighter after an objection goes on, for the heirs.
create function app.decisions_lapse() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.decision;
        n app.decision;
    begin
        perform app.task_drop('decision', x.id) from app.decision x where x.tenant_id = new.tenant_id and x.candidate_id = new.id;
        for d in select x.* from app.decision x where x.tenant_id = new.tenant_id and x.candidate_id = new.id
                 and (app.decision_is_pending(x.state) or x.state = 'decided' and x.kind not in ('premium', 'cost')) order by x.id for no key update loop
            if app.decision_for_heirs(d) then
                perform app.message_withdraw('decision', d.id, true);
                if d.state = 'decided' then
                    if d.from_day <= new.died_on and d.until_day > new.died_on then
                        n := app.decision_with_inputs(d, d.inputs || jsonb_build_object('ends_on', new.died_on));
                        update app.decision x set inputs = n.inputs, calculation = n.calculation, hash = n.hash, until_day = n.until_day where x.tenant_id = d.tenant_id and x.id = d.id;
                    end if;
                    perform app.decision_notify(d.id);
                end if;
                continue;
            end if;
            update app.decision x set state = app.move('decision', d.state, 'lapse'), suspended_since = null where x.tenant_id = d.tenant_id and x.id = d.id;
            update app.decision_review r set outcome = 'void', outcome_on = clock.today(), outcome_by = app.actor() where r.tenant_id = d.tenant_id and r.decision_id = d.id and r.outcome is null;
            perform app.message_withdraw('decision', d.id);
            perform app.decision_stand_again(d);
        end loop;
        return null;
    end $$;
create trigger decisions_lapse after update of died_on on app.candidate for each row
    when (new.died_on is not null and old.died_on is null) execute function app.decisions_lapse();
