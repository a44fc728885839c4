-- How a municipality sends e-mail.

create function app.sees_mail_setting(s app.mail_setting, scope text default app.scope(), role text default app.role(),
                                      organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'tenant' then true else false end;
call app.wall('app.mail_setting', 'mail_setting', '{}');
call app.open_to_scope('app.mail_setting', 'app.sees_mail_setting');

-- A municipality lets messages out again.
create function app.mail_setting_released() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.messages_release();
        return null;
    end $$;
create trigger released after update on app.mail_setting for each row when (old.stopped and not new.stopped) execute function app.mail_setting_released();

-- Each municipality has its row.
create function app.mail_setting_put() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare before text := current_setting('app.tenant', true);
    begin
        perform set_config('app.tenant', new.tenant_id::text, true);
        insert into app.mail_setting (tenant_id, id) values (new.tenant_id, new.id) on conflict do nothing;
        perform set_config('app.tenant', coalesce(before, ''), true);
        return null;
    end $$;
create trigger mail_setting after insert on ref.tenant for each row execute function app.mail_setting_put();
