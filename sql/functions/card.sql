-- The card: what an employer may see of a candidate, and nothing else. Its labels are Dutch: a copy has one language.

create function app.card(p app.candidate, with_name boolean) returns jsonb language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select jsonb_strip_nulls(jsonb_build_object(
        'alias', p.alias,
        'firstName', case when with_name then p.first_name end,
        'introduction', p.introduction,
        'wishes', p.wishes,
        'hoursMin', p.hours_min,
        'hoursMax', p.hours_max,
        'shifts', to_jsonb(p.shifts),
        'availableFrom', p.available_from,
        'competences', (select coalesce(jsonb_agg(jsonb_build_object('label', r.label, 'level', c.level)
                                                  order by c.level desc, r.label), '[]')
                        from app.candidate_competence c
                        join ref.competence_label r on r.competence_id = c.competence_id and r.language = 'nl' and r.preferred
                        where c.candidate_id = p.id),
        'occupations', (select coalesce(jsonb_agg(r.label order by r.label), '[]')
                        from app.candidate_occupation c
                        join ref.occupation_label r on r.occupation_id = c.occupation_id and r.language = 'nl' and r.preferred
                        where c.candidate_id = p.id and c.wanted)))
    $$;

-- The card of a candidate that the asker sees.
create function app.card_of_candidate(candidate uuid) returns jsonb language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select app.card(c, false) from app.candidate c where c.tenant_id = app.tenant() and c.id = candidate and c.merged_into is null and app.sees_candidate(c)
    $$;

-- The card of a proposal that the asker sees. A draft has the card as it is now; one that was sent has the copy of that moment. After the
-- end there is none: the one who was hired stays visible as long as the hire can be undone.
create function app.card_of_proposal(proposal uuid) returns jsonb language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select case when p.sent_at is null and app.proposal_is_open(p.state) then app.card(c, p.consent_by is not null)
                when app.proposal_is_open(p.state)
                     or p.state = 'hired' and p.answered_at + app.rule_days('proposal.undo_hire') > clock.now() then p.card end
    from app.proposal p join app.candidate c on c.tenant_id = p.tenant_id and c.id = p.candidate_id
    where p.tenant_id = app.tenant() and p.id = proposal and app.sees_proposal(p)
    $$;
