-- Agreements: an offer about something that has ended cannot be signed any more.

-- Whether the subject of a sheet or quote has ended: a proposal that became nothing, a placement that is over or never began, a vacancy that was withdrawn or
-- expired, a project that has ended. A vacancy that is filled or closed has people at work, so its sheets may still be signed.
create function app.agreement_is_void(a app.agreement) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case a.noun
            when 'proposal' then exists (select from app.proposal p where p.tenant_id = a.tenant_id and p.id = a.subject_id and (app.proposal_is_ended(p.state) or p.state = 'rejected'))
            when 'placement' then exists (select from app.placement p where p.tenant_id = a.tenant_id and p.id = a.subject_id
                                          and (app.placement_is_settled(p.state) or app.placement_is_ended(p.state)))
            when 'vacancy' then exists (select from app.vacancy v where v.tenant_id = a.tenant_id and v.id = a.subject_id and (v.state = 'withdrawn' or v.state = 'expired'))
            when 'project' then exists (select from region.project p where p.region_id = region.here() and p.id = a.subject_id and p.state = 'ended')
            else false end;
    end $$;

-- After the subject has ended: offers about it lapse in the same transaction. A draft is not offered any more. TG_ARGV: the noun.
create function app.agreements_of_subject_lapse() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        role text := current_setting('app.role', true);
    begin
        perform set_config('app.role', 'system', true);
        update app.agreement a set state = app.move('agreement', 'offered', 'lapse')
        where a.tenant_id = app.tenant() and a.subject_id = new.id and a.noun = tg_argv[0] and a.state = 'offered' and app.agreement_is_void(a);
        perform set_config('app.role', coalesce(role, ''), true);
        return null;
    end $$;
-- The same of a project, in each municipality that takes part.
create function app.agreements_of_project_lapse() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        municipality int;
        before text[];
    begin
        foreach municipality in array new.readers loop
            before := region.enter(municipality);
            update app.agreement a set state = app.move('agreement', 'offered', 'lapse')
            where a.tenant_id = municipality and a.subject_id = new.id and a.noun = 'project' and a.state = 'offered' and app.agreement_is_void(a);
            perform region.leave(before);
        end loop;
        return null;
    end $$;
create trigger zz_agreements_lapse after update on app.proposal for each row
    when (new.state <> old.state and (app.proposal_is_ended(new.state) or new.state = 'rejected')) execute function app.agreements_of_subject_lapse('proposal');
create trigger zz_agreements_lapse after update on app.placement for each row
    when (new.state <> old.state and (app.placement_is_settled(new.state) or app.placement_is_ended(new.state))) execute function app.agreements_of_subject_lapse('placement');
create trigger zz_agreements_lapse after update on app.vacancy for each row
    when (new.state <> old.state and (new.state = 'withdrawn' or new.state = 'expired')) execute function app.agreements_of_subject_lapse('vacancy');
create trigger zz_agreements_lapse after update on region.project for each row
    when (new.state <> old.state and new.state = 'ended') execute function app.agreements_of_project_lapse();

-- Before something is offered: its subject has not ended.
create function app.agreement_refuse_void() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if app.agreement_is_void(new) then
            raise exception using errcode = 'MW409', message = 'subject-ended';
        end if;
        return new;
    end $$;
create trigger a_refuse_void before update on app.agreement for each row when (new.state = 'offered' and old.state <> 'offered') execute function app.agreement_refuse_void();

-- After an offer has ended: its links open nothing.
create function app.agreement_close_links() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update entry.signing_link l set expires_at = clock.now() from app.signatory s
        where s.tenant_id = new.tenant_id and s.agreement_id = new.id and l.tenant_id = s.tenant_id and l.signatory_id = s.id and l.used_at is null and l.expires_at > clock.now();
        return null;
    end $$;
create trigger close_links after update on app.agreement for each row
    when (old.state = 'offered' and app.agreement_is_ended(new.state)) execute function app.agreement_close_links();
