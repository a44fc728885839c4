-- Sheets and quotes: what parties agree about one person, one employer or one project, on one page, and who signs it.

-- It stands behind the wall of what it is about. The person reads it, and the employer does, from the moment that it is offered.
create function app.agreement_told(a app.agreement, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when role = 'candidate' then scope = 'caseload' and a.wall = 'person' and a.state <> 'draft' and app.is_own_file(a.candidate_id, actor)
                    when role = 'employer' then scope = 'organisation' and a.state <> 'draft' and a.employer_id = organisation
                    else app.sees_about(a.wall, a.candidate_id, a.employer_id, scope, role, organisation, actor) end is true;
    end $$;
grant execute on function app.agreement_told(app.agreement, text, text, uuid, uuid) to public;
create function app.sees_agreement(a app.agreement, scope text default app.scope(), role text default app.role(),
                                   organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.agreement_told(a, scope, role, organisation, actor);
call app.wall('app.agreement', 'agreement', '{wall,noun,candidate_id,employer_id,document_id}');
call app.days_within('app.agreement', 'from_day begins', 'until_day ends', 'valid_until ends');
call app.open_to_scope('app.agreement', 'app.sees_agreement');
call app.about('app.agreement');
call app.guarded('app.agreement', 'agreement');
call app.referable('app.agreement', 'agreement', 'r.wall', 'app.sees_agreement', label => 'r.kind', candidate => 'r.candidate_id', employer => 'r.employer_id');
call region.project_of('app.agreement', 'project_id');
create trigger zz_log_transition before update on app.agreement
    for each row when (new.state is distinct from old.state) execute function app.log_transition('agreement');

-- Only functions reach who signs, the texts and the links.
call app.wall('app.signatory', 'signatory', '{}');
call app.wall('app.offered_text');
alter table entry.signing_link enable row level security;
alter table entry.signing_link force row level security;
create policy owner_functions on entry.signing_link for all to maatwerk_owner using (true) with check (true);

-- Who signs: whom it concerns, and the municipality. Of a project those who take part in it.
create function app.agreement_parties() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.noun = 'project' and (select count(distinct p.participant_id) from region.participation p where p.region_id = region.here()
                                     and p.project_id = new.subject_id and p.participant_kind <> 'municipality') >= 100 then
            raise exception using errcode = 'MW409', message = 'list-full', detail = json_build_object('limit', 100)::text;
        end if;
        insert into app.signatory (tenant_id, id, agreement_id, place, party, party_id, party_name)
        select new.tenant_id, gen_random_uuid(), new.id, row_number() over (order by w.place, w.name, w.id), w.party, w.id, w.name
        from (select 1 as place, 'candidate' as party, c.id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.alias) as name
              from app.candidate c where c.tenant_id = new.tenant_id and c.id = new.candidate_id
              union all
              select 2, 'employer', e.id, e.name from app.employer e where e.tenant_id = new.tenant_id and e.id = new.employer_id
              union all
              select 3, p.participant_kind, p.participant_id, min(p.participant_name) from region.participation p
              where new.noun = 'project' and p.region_id = region.here() and p.project_id = new.subject_id and p.participant_kind <> 'municipality'
              group by 2, 3
              union all
              select 4, 'municipality', t.id, t.name from ref.tenant t where t.tenant_id = new.tenant_id) w;
        return null;
    end $$;
create trigger parties after insert on app.agreement for each row execute function app.agreement_parties();

create function app.agreement_party_lines(a app.agreement) returns text[] language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select array_agg(s.party_name || ' (' || case s.party when 'candidate' then 'kandidaat' when 'employer' then 'werkgever' when 'organisation' then 'organisatie'
                                                          else 'gemeente' end || ')' order by s.place)
    from app.signatory s where s.tenant_id = a.tenant_id and s.agreement_id = a.id
    $$;

-- How people call its kind: above the text, and on the page of a link.
create function app.agreement_title(kind text) returns text immutable parallel safe
    return case kind when 'placement_sheet' then 'Afspraken over de plaatsing' when 'project_sheet' then 'Afspraken over het project' else 'Offerte' end;

-- The last day on which somebody may sign, when the text says it: that of a quote.
create function app.agreement_valid(a app.agreement) returns date immutable parallel safe
    return case when a.kind = 'quote' then a.valid_until end;

-- The text that is signed, word for word.
create function app.agreement_text(a app.agreement) returns text language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select concat_ws(E'\n', app.agreement_title(a.kind), 'Nummer: ' || a.id, 'Partijen: ' || array_to_string(app.agreement_party_lines(a), ', '), 'Vanaf: ' || calendar.in_words(a.from_day),
        'Tot en met: ' || calendar.in_words(a.until_day), 'Tekenen kan tot en met: ' || calendar.in_words(app.agreement_valid(a)), 'Wat krijgt u? ' || a.gets, 'Wat doet u? ' || a.does, 'Wat kost het? ' || a.costs)
    $$;

-- Its page: each kind has its own.
create function app.agreement_page(a app.agreement, hash bytea) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return app.document_request(a.kind, a.noun, a.subject_id,
            jsonb_strip_nulls(jsonb_build_object('municipality', (select t.name from ref.tenant t where t.tenant_id = a.tenant_id),
                'parties', to_jsonb(app.agreement_party_lines(a)), 'from', calendar.in_words(a.from_day), 'until', calendar.in_words(a.until_day),
                'gets', a.gets, 'does', a.does, 'costs', a.costs, 'mark', encode(hash, 'hex'),
                'valid', calendar.in_words(app.agreement_valid(a)), 'vacancy', (select v.title from app.vacancy v where a.kind = 'quote' and v.tenant_id = a.tenant_id and v.id = a.subject_id),
                'project', (select p.title from region.project p where a.noun = 'project' and p.region_id = region.here() and p.id = a.subject_id))));
    end $$;

-- Before a row is written: what is offered is one text, with its hash, its page and a copy. Another text is offered anew.
create function app.agreement_offer() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        words text := app.agreement_text(new);
        missing text := (select string_agg('required /' || m.pointer, ' ' order by m.n) from (values (1, 'gets', new.gets is null), (2, 'does', new.does is null),
                         (3, 'costs', new.costs is null), (4, 'fromDay', new.from_day is null), (5, 'validUntil', new.kind = 'quote' and new.valid_until is null)) m (n, pointer, lacks) where m.lacks);
    begin
        if new.valid_until < clock.today() then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(clock.today(), null), table = 'agreement', constraint = 'agreement_valid_until_check';
        end if;
        if missing is not null then
            raise exception using errcode = 'MW400', message = 'invalid', detail = missing;
        end if;
        if num_nonnulls(new.gets, new.does, new.costs, new.from_day) = 4 and new.text_hash is distinct from sha256(convert_to(words, 'UTF8')) then
            new.text_hash := sha256(convert_to(words, 'UTF8'));
            new.document_id := app.agreement_page(new, new.text_hash);
            insert into app.offered_text (tenant_id, agreement_id, hash, text, document_id, offered_at)
            values (new.tenant_id, new.id, new.text_hash, words, new.document_id, clock.now())
            on conflict on constraint offered_text_pkey do update set document_id = excluded.document_id;
        end if;
        return new;
    end $$;
create trigger offer before update on app.agreement for each row when (new.state = 'offered') execute function app.agreement_offer();

-- What is offered no more has no text and no page; what is offered again gets them anew.
create function app.agreement_take_back() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.text_hash := null;
        new.document_id := null;
        return new;
    end $$;
create trigger take_back before update on app.agreement for each row when (old.state = 'offered' and new.state = 'draft') execute function app.agreement_take_back();
-- After the end: nobody reads the pages any more. The texts are kept, and only functions reach them.
create function app.agreement_take_back_pages() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.document_take_back(d) from app.document d join app.offered_text t on t.tenant_id = d.tenant_id and t.document_id = d.id
        where t.tenant_id = new.tenant_id and t.agreement_id = new.id and (app.document_is_pending(d.state) or app.document_is_settled(d.state));
        return null;
    end $$;
create trigger take_back_pages after update on app.agreement for each row
    when (old.state = 'offered' and new.state = 'draft') execute function app.agreement_take_back_pages();

-- After what is offered has changed, or is offered no more: nobody has signed it, and who had is told by voided_at.
create function app.agreement_unsign() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.signatory s set signed_at = null, signed_hash = null, signed_by = null, signed_name = null, voided_at = clock.now()
        where s.tenant_id = new.tenant_id and s.agreement_id = new.id and s.signed_at is not null;
        return null;
    end $$;
create trigger unsign after update on app.agreement for each row
    when (old.state = 'offered' and (new.state = 'draft' or new.state = 'offered' and new.text_hash is distinct from old.text_hash)) execute function app.agreement_unsign();

-- Who signs, as a client reads it.
create function app.agreement_signatories(agreement uuid) returns json language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select coalesce(json_agg(json_strip_nulls(json_build_object(
                    'id', s.id, 'party', s.party, 'partyId', s.party_id, 'partyName', s.party_name, 'signedAt', app.json_instant(s.signed_at),
                    'signedName', s.signed_name, 'signedBy', s.signed_by, 'signedHash', encode(s.signed_hash, 'hex'), 'voidedAt', app.json_instant(s.voided_at))) order by s.place), '[]')
                from app.agreement a join app.signatory s on s.tenant_id = a.tenant_id and s.agreement_id = a.id
                where a.tenant_id = app.tenant() and a.id = agreement and app.sees_agreement(a));
    end $$;
-- The text that is offered.
create function app.agreement_offered(agreement uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select t.text from app.agreement a join app.offered_text t on t.tenant_id = a.tenant_id and t.agreement_id = a.id and t.hash = a.text_hash
                where a.tenant_id = app.tenant() and a.id = agreement and app.sees_agreement(a));
    end $$;

-- The agreement that the caller sees, locked; or MW404.
create function app.agreement_lock(agreement uuid) returns app.agreement language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare a app.agreement;
    begin
        select o.* into a from app.agreement o where o.tenant_id = app.tenant() and o.id = agreement and app.sees_agreement(o) for no key update;
        if not found or not app.sees_agreement(a) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return a;
    end $$;

-- The next version of an agreement: a draft with the same words.
create function app.agreement_revise(agreement uuid, made uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        a app.agreement := app.agreement_lock(agreement); -- it asks app.sees_agreement()
    begin
        perform app.require('agreement', a.state, 'reviseAgreement');
        insert into app.agreement (tenant_id, id, kind, subject_id, gets, does, costs, from_day, until_day, valid_until, revises_id)
        values (a.tenant_id, made, a.kind, a.subject_id, a.gets, a.does, a.costs, a.from_day, a.until_day, a.valid_until, a.id);
    end $$;

-- The state at this moment: what was valid until a day that has passed has lapsed, whatever the sweep has written; and so has what is about something that has ended,
-- also in another municipality.
create function app.agreement_now(a app.agreement) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return case when a.state = 'offered' and (a.valid_until < clock.today() or app.agreement_is_void(a)) then 'lapsed' else a.state end; end $$;

-- One party signs the text with this hash, and no other. The last one makes it agreed.
create function app.agreement_signatory_sign(signer app.signatory, hash bytea, name text, by_user uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        a app.agreement;
        s app.signatory;
        role text := current_setting('app.role', true);
    begin
        select o.* into a from app.agreement o where o.tenant_id = signer.tenant_id and o.id = signer.agreement_id for no key update;
        perform app.require('agreement', app.agreement_now(a), 'signAgreement');
        if hash is distinct from a.text_hash then
            raise exception using errcode = 'MW409', message = 'text-changed';
        end if;
        update app.signatory o set signed_at = clock.now(), signed_hash = hash, signed_name = name, signed_by = by_user
        where o.tenant_id = signer.tenant_id and o.id = signer.id and o.signed_at is null returning o.* into s;
        if not found then
            raise exception using errcode = 'MW409', message = 'signed-already';
        end if;
        update entry.signing_link l set used_at = clock.now() where l.tenant_id = s.tenant_id and l.signatory_id = s.id and l.used_at is null;
        if not exists (select from app.signatory o where o.tenant_id = a.tenant_id and o.agreement_id = a.id and o.signed_at is null) then
            perform set_config('app.role', 'system', true);
            update app.agreement o set state = app.move('agreement', a.state, 'agree') where o.tenant_id = a.tenant_id and o.id = a.id;
            perform set_config('app.role', coalesce(role, ''), true);
        end if;
    end $$;

-- A user signs for the own party.
create function app.agreement_sign(agreement uuid, hash text, name text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        a app.agreement := app.agreement_lock(agreement); -- it asks app.sees_agreement()
        s app.signatory;
    begin
        select o.* into s from app.signatory o
        where o.tenant_id = a.tenant_id and o.agreement_id = a.id
          and case app.role() when 'candidate' then o.party = 'candidate'
                              when 'employer' then o.party = 'employer' and o.party_id = app.organisation()
                              when 'firm' then o.party = 'organisation' and o.party_id = app.organisation()
                              when 'agency' then o.party = 'organisation' and o.party_id = app.organisation()
                              else o.party = 'municipality' end;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform app.agreement_signatory_sign(s, decode(hash, 'hex'), name, app.actor());
    end $$;

-- Makes the link of a party, with a token of 256 random bits; an earlier one opens nothing any more. It is told in this transaction only.
create function app.agreement_link_make(signatory uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        token text := translate(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), '+/=', '-_');
        s app.signatory;
        a app.agreement;
    begin
        select o.* into s from app.signatory o where o.tenant_id = app.tenant() and o.id = signatory;
        a := app.agreement_lock(s.agreement_id); -- it asks app.sees_agreement()
        perform app.require('agreement', app.agreement_now(a), 'makeSigningLink');
        delete from entry.signing_link l where l.tenant_id = s.tenant_id and l.signatory_id = s.id;
        insert into entry.signing_link (hash, tenant_id, signatory_id, expires_at)
        values (sha256(convert_to(token, 'UTF8')), s.tenant_id, s.id, clock.now() + app.rule_days('agreement.signing_link'));
        perform audit.note('agreement', a.id, 'change', array['signing_link', s.party, s.id::text]);
        perform set_config('app.signing_link_made', s.id || ' ' || token, true);
    end $$;
create function app.agreement_link_read(signatory uuid, out token text, out expires_at timestamptz) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        select nullif(split_part(made, ' ', 2), '') into token from current_setting('app.signing_link_made', true) made where split_part(made, ' ', 1) = signatory::text;
        select l.expires_at into agreement_link_read.expires_at from entry.signing_link l where token is not null and l.hash = sha256(convert_to(token, 'UTF8'));
    end $$;

-- The link that a token opens, with its row locked when it is used. Everyone who holds it acts in that municipality, as nobody. Each use is counted. One that was
-- used opens nothing, but to who asks `again` what came of it.
create function app.agreement_link_open(token text, again boolean, inout l entry.signing_link) language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        select k.* into l from entry.signing_link k where k.hash = sha256(convert_to(token, 'UTF8')) and k.expires_at > clock.now() for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform set_config('app.tenant', l.tenant_id::text, true), set_config('app.actor', l.signatory_id::text, true), set_config('app.scope', '', true);
        perform entry.use('signing', 'file');
        perform set_config('app.actor', '', true), set_config('app.role', 'system', true), set_config('app.scope', 'tenant', true);
        if l.used_at is not null and not again then
            raise exception using errcode = 'MW409', message = 'link-used';
        end if;
    end $$;

-- What the holder of a link signs.
create function app.agreement_read_by_link(token text) returns table (title text, party_name text, text text, hash text, expires_at timestamptz) language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        l entry.signing_link := app.agreement_link_open(token, false, null);
    begin
        return query
        select app.agreement_title(a.kind), s.party_name::text, t.text::text, encode(t.hash, 'hex'), l.expires_at
        from app.signatory s join app.agreement a on a.tenant_id = s.tenant_id and a.id = s.agreement_id
        join app.offered_text t on t.tenant_id = a.tenant_id and t.agreement_id = a.id and t.hash = a.text_hash
        where s.tenant_id = l.tenant_id and s.id = l.signatory_id and app.agreement_now(a) = 'offered' and app.sees_agreement(a);
    end $$;

-- The holder of a link signs, once. Who did not get the answer and sends the same again, gets it then.
create function app.agreement_sign_by_link(token text, hash text, name text) returns table (signed_at timestamptz, party_name text, hash_signed text) language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        l entry.signing_link := app.agreement_link_open(token, true, null);
        s app.signatory;
    begin
        select o.* into s from app.signatory o where o.tenant_id = l.tenant_id and o.id = l.signatory_id;
        if l.used_at is null then
            perform app.agreement_signatory_sign(s, decode(hash, 'hex'), name, null);
        elsif s.signed_by is not null or (s.signed_hash, s.signed_name::text) is distinct from (decode(hash, 'hex'), name) then
            raise exception using errcode = 'MW409', message = 'link-used';
        end if;
        return query select o.signed_at, o.party_name::text, encode(o.signed_hash, 'hex') from app.signatory o where o.tenant_id = s.tenant_id and o.id = s.id;
    end $$;

-- What was offered lapses after the day until which it was valid. Returns how many.
create function app.agreements_lapse() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare count int;
    begin
        update app.agreement a set state = app.move('agreement', 'offered', 'lapse')
        where a.tenant_id = app.tenant() and a.state = 'offered' and a.valid_until < clock.today() and app.sees_agreement(a);
        get diagnostics count = row_count;
        return count;
    end $$;
