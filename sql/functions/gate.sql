-- Gates: may this be done? What is missing is told all at once: open tasks that stop the step, and states that do not allow it.

-- What a step of this noun depends on: itself, of a proposal or a placement also its vacancy and its candidate, and of a trajectory its candidate. What a noun without a
-- state needs is only that no task stops it.
create function app.gate_parts(wanted_noun text, wanted uuid) returns table (noun text, id uuid, state text) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    #variable_conflict use_column
    begin
        return query
        select 'proposal', p.id, p.state from app.proposal p where wanted_noun = 'proposal' and p.tenant_id = app.tenant() and p.id = wanted
        union all
        select 'placement', p.id, p.state from app.placement p where wanted_noun = 'placement' and p.tenant_id = app.tenant() and p.id = wanted
        union all
        select 'vacancy', v.id, app.vacancy_now(v.state, v.needed_by) from app.vacancy v
        where v.tenant_id = app.tenant() and v.id = case wanted_noun when 'vacancy' then wanted when 'proposal' then
              (select p.vacancy_id from app.proposal p where p.tenant_id = app.tenant() and p.id = wanted)
              when 'placement' then (select p.vacancy_id from app.placement p where p.tenant_id = app.tenant() and p.id = wanted) end
        union all
        select 'candidate', c.id, c.status::text from app.candidate c
        where c.tenant_id = app.tenant() and c.id = case wanted_noun when 'candidate' then wanted when 'proposal' then
              (select p.candidate_id from app.proposal p where p.tenant_id = app.tenant() and p.id = wanted) when 'trajectory' then
              (select t.candidate_id from app.trajectory t where t.tenant_id = app.tenant() and t.id = wanted) when 'placement' then
              (select p.candidate_id from app.placement p where p.tenant_id = app.tenant() and p.id = wanted) end
        union all
        select 'trajectory', t.id, t.state from app.trajectory t where t.tenant_id = app.tenant() and t.id = case wanted_noun when 'trajectory' then wanted when 'placement' then
              (select p.trajectory_id from app.placement p where p.tenant_id = app.tenant() and p.id = wanted) end
        union all
        select wanted_noun, wanted, null where wanted_noun not in ('proposal', 'placement', 'vacancy', 'candidate', 'trajectory');
    end $$;

-- Whether the state of a part allows a step; a step that no state speaks of is allowed.
create function app.gate_allows(noun text, state text, step text) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare operation text := case step when 'propose' then 'createProposalRound' when 'send' then 'sendProposalRound'
                                        when 'invite' then 'answerProposal.invite' when 'hire' then 'answerProposal.hire' end;
    begin
        if step = 'start' and noun = 'placement' then
            return exists (select from ref.state_move m where m.noun = 'placement' and m.from_state = state and m.event = step);
        end if;
        return operation is null or state is null or case noun
            when 'proposal' then step = 'propose' or exists (select from ref.state_move m where m.noun = 'proposal' and m.from_state = state and m.event = step)
            else app.allows(noun, state, operation) end;
    end $$;

-- What a noun itself lacks before the step that decides it, in words; null when nothing.
create function app.gate_missing(noun text, wanted uuid) returns json language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return case noun when 'instrument' then app.instrument_lacks(wanted) when 'decision' then app.decision_lacks(wanted) when 'objection' then app.objection_lacks(wanted) end; end $$;

-- Which kinds of task stop a step of this noun; null is all of them. A trajectory starts with its steps still to be taken: they stop the placement.
create function app.gate_kinds(noun text, step text) returns text[] immutable parallel safe
    return case when noun = 'trajectory' and step = 'start' then '{barrier}'::text[] end;

-- The gate of a row that the caller sees; nothing for who does not. Tasks that the caller may not see are not named: the answer is only no.
create function app.gate_read(noun text, wanted uuid, step text)
    returns table (noun_of text, subject_id uuid, label text, step_asked text, may boolean, states json, tasks json, missing json) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        lacks json := app.gate_missing(gate_read.noun, wanted);
        kinds text[] := app.gate_kinds(gate_read.noun, step);
    begin
        return query
        with part as (select p.*, step is null or app.gate_allows(p.noun, p.state, step) as allows from app.gate_parts(gate_read.noun, wanted) p),
             blocking as (
                 select t.*, k.title_nl, k.title_en, app.sees_task(t) as seen from part p join app.task t on t.tenant_id = app.tenant() and t.subject_id = p.id
                 join ref.task_kind k on k.kind = t.kind
                 where (app.task_is_open(t.state) or app.task_is_pending(t.state)) and t.blocks is not null and t.blocks = coalesce(step, t.blocks)
                       and (kinds is null or t.kind = any (kinds)))
        select gate_read.noun, wanted, r.label, step,
               lacks is null and not exists (select from blocking) and not exists (select from part p where not p.allows),
               (select json_agg(json_build_object('noun', p.noun, 'id', p.id, 'state', p.state, 'allows', p.allows)) from part p
                where p.state is not null and (p.noun <> 'candidate' or app.role() <> 'employer')),
               (select json_agg(json_strip_nulls(json_build_object('id', b.id, 'kind', b.kind, 'titleNl', b.title_nl, 'titleEn', b.title_en, 'blocks', b.blocks,
                       'ownerName', app.task_name(b.tenant_id, b.owner_user_id, b.owner_organisation_id, b.owner_employer_id, b.owner_candidate_id),
                       'dueAt', to_char(b.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                       'overdue', (b.due_at < clock.now() and b.held_since is null) is true)) order by b.rank_at, b.id) from blocking b where b.seen),
               lacks
        from app.subject_read(gate_read.noun, wanted, true) r;
    end $$;

-- Refuses with MW409 "blocked" a step that open tasks about these rows stop. For the functions that take the step, which have locked the rows. `pointer`
-- says which part of the body it is about, and `kinds` which tasks count.
create function app.gate_require(step text, subjects uuid[], pointer text default null, kinds text[] default null) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare tasks uuid[] := array(
        select t.id from app.task t where t.tenant_id = app.tenant() and t.subject_id = any (subjects) and t.blocks = step
        and (kinds is null or t.kind = any (kinds)) and (app.task_is_open(t.state) or app.task_is_pending(t.state)) order by t.rank_at, t.id);
    begin
        if tasks <> '{}' then
            raise exception using errcode = 'MW409', message = 'blocked', detail = json_strip_nulls(json_build_object('pointer', pointer, 'tasks', (
                select coalesce(json_agg(t.id), '[]') from app.task t where t.tenant_id = app.tenant() and t.id = any (tasks) and app.sees_task(t))))::text;
        end if;
    end $$;
