-- A placement whose end was noted wrong: on another day, or for another reason.

-- Refuses a later last day when the person works elsewhere by then, and more hours than this person can work.
create function app.placement_end_fits(p app.placement, day date) returns void language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        can int := (select c.hours_max from app.candidate c where c.tenant_id = p.tenant_id and c.id = p.candidate_id);
        taken int;
    begin
        if day > p.ended_on and p.started_on is not null then
            taken := coalesce(app.placement_hours_taken(p.candidate_id, p.id, daterange(p.ended_on, day)), 0);
            if taken + p.hours > can then
                raise exception using errcode = 'MW409', message = 'hours', detail = json_build_object('limit', can, 'taken', taken)::text;
            end if;
        end if;
    end $$;

-- Corrects the last day, or the reason, of what ended or fell through, with why: also when the term to undo it has passed. An end that follows from something else
-- (another kind, a death) is corrected there; that somebody was returned stays so.
create function app.placement_end_correct(placement uuid, on_day date, reason text, why text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement := app.placement_lock(placement); -- it asks app.sees_placement()
        day date;
    begin
        perform app.require('placement', p.state, 'correctPlacementEnd');
        if num_nonnulls(on_day, reason) = 0 then
            raise exception using errcode = 'MW400', message = 'invalid', detail = 'required /day';
        elsif (coalesce(on_day, p.ended_on), coalesce(reason, p.end_reason)) is not distinct from (p.ended_on, p.end_reason::text) then -- it says so already
            raise exception using errcode = 'MW400', message = 'invalid', detail = case when on_day is null then 'value /reason' else 'value /day' end;
        elsif p.end_reason in ('converted', 'died') or p.end_reason = 'returned' and reason is not null then
            raise exception using errcode = 'MW409', message = 'end-follows';
        end if;
        perform from app.candidate c where c.tenant_id = p.tenant_id and c.id = p.candidate_id for no key update;
        day := app.placement_day(coalesce(on_day, p.ended_on), p.started_on);
        perform app.placement_end_fits(p, day);
        update app.placement q set ended_on = day, end_reason = coalesce(reason, p.end_reason), end_phase = app.placement_phase(p.started_on, day),
               end_corrected_at = clock.now(), end_corrected_by = app.actor(), end_correction = why
        where q.tenant_id = p.tenant_id and q.id = p.id;
        perform app.instruments_end_moved(p.id, p.ended_on, day);
        if (select e.works_on from ref.placement_end e where e.reason = coalesce(placement_end_correct.reason, p.end_reason)) is not true then
            perform app.placement_look_again(p.candidate_id, 'end_placement');
        end if;
    end $$;
