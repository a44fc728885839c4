-- What decisions do to benefits, when the person is told and when they are taken back.

-- The last day of a benefit that this decision ends. It is not after a death. It is before the next benefit of that kind.
create function app.decision_ends(d app.decision, b app.benefit) returns date language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return greatest(b.from_day, least(coalesce(d.from_day, d.notified_on) - 1, (select c.died_on from app.candidate c where c.tenant_id = b.tenant_id and c.id = b.candidate_id),
            (select min(n.from_day) - 1 from app.benefit n where n.tenant_id = b.tenant_id and n.candidate_id = b.candidate_id and n.kind = b.kind and n.from_day > b.until_day
             and (app.benefit_is_open(n.state) or app.benefit_is_settled(n.state)))));
    end $$;

-- What a decision does to a benefit: an ending ends it on its last day, and a consequence refuses what was applied for.
create function app.decision_take_effect(d app.decision) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if d.kind = 'ending' then
            update app.benefit b set state = case when b.state = 'granted' and (b.end_reason is null or e.last_day <= b.until_day) then app.benefit_ending(b.state, e.last_day) else app.benefit_corrected(b, e.last_day) end,
                   until_day = e.last_day, end_reason = coalesce(d.end_reason, 'other')
            from (select k.id, app.decision_ends(d, k) as last_day, app.decision_ends(o, k) as ended_on, coalesce(o.end_reason, 'other') as ended_by
                  from app.benefit k left join app.decision o on o.tenant_id = k.tenant_id and o.id = (app.decision_told_before(d)).id and o.kind = 'ending'
                  where k.tenant_id = d.tenant_id and k.id = d.benefit_id) e
            where b.tenant_id = d.tenant_id and b.id = e.id and (b.state = 'granted' and (b.end_reason is null or b.until_day > e.last_day) -- what ends sooner does
                  or (b.until_day, b.end_reason) = (e.ended_on, e.ended_by)); -- by the decision whose place this one takes
        elsif d.kind = 'consequence' and d.refusal_reason is not null then
            update app.benefit b set state = app.move('benefit', b.state, 'refuse'), refused_on = d.notified_on, refusal_reason = d.refusal_reason
            where b.tenant_id = d.tenant_id and b.id = d.benefit_id and b.state = 'applied';
        end if;
    end $$;
-- The reverse, when the decision is taken back. A benefit that ended in another way, or on another day, stays as it is. A person who died meanwhile had the benefit until the death.
create function app.decision_undo_effect(d app.decision) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.benefit b set until_day = greatest(c.died_on, b.from_day), end_reason = 'died' from app.candidate c
        where d.kind = 'ending' and d.notified_on is not null and b.tenant_id = d.tenant_id and b.id = d.benefit_id and c.tenant_id = b.tenant_id and c.id = b.candidate_id and c.died_on is not null
          and app.benefit_is_settled(b.state) and (b.until_day, b.end_reason) = (greatest(coalesce(d.from_day, d.notified_on) - 1, b.from_day), coalesce(d.end_reason, 'other'));
        update app.benefit b set state = case b.state when 'granted' then b.state else app.move('benefit', b.state, 'restore') end, until_day = null, end_reason = null, refused_on = null, refusal_reason = null,
               from_day = coalesce(b.from_day, b.applied_on)
        where not exists (select from app.candidate c where c.tenant_id = b.tenant_id and c.id = b.candidate_id and c.died_on is not null) and d.kind in ('ending', 'consequence') and d.notified_on is not null and b.tenant_id = d.tenant_id and b.id = d.benefit_id
          and ((app.benefit_is_open(b.state) or app.benefit_is_settled(b.state)) and d.kind = 'ending' and (b.until_day, b.end_reason) = (greatest(coalesce(d.from_day, d.notified_on) - 1, b.from_day), coalesce(d.end_reason, 'other'))
               or b.state = 'refused' and d.kind = 'consequence' and (b.refused_on, b.refusal_reason) = (d.notified_on, d.refusal_reason));
    end $$;
