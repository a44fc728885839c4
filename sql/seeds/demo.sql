-- The demo region: everything in it is invented. Run by `maatwerk demo`, which sets demo.candidates, demo.seed and, from the
-- contract, demo.roles; the same numbers give the same region. Loaded as one transaction with triggers off: it is a beginning, not a history.
-- Citizen service numbers come from the range 999000000 and up, KvK numbers from 99000001 and up: not issued; the one who
-- uses a copy of real registers beside this must confirm that.

-- step: helpers
set local session_replication_role = replica;
create function pg_temp.r(n bigint, salt text, below int) returns int language sql immutable as
    $$ select ((hashtextextended(salt || ':' || n, current_setting('demo.seed')::bigint) & 9223372036854775807) % below)::int $$;
-- One of each kind in the first municipality has the identifier that the examples of the contract name: they can be tried here.
create function pg_temp.example(kind text, n bigint) returns text language sql immutable as
    $$ select e.id from (values ('region', 1, 'f001'), ('tenant', 1, 'f101'), ('org', 11, 'f201'), ('user', 1003, 'f301'),
                                ('user', 1004, 'f302'), ('user', 1101, 'f303'), ('user', 1005, 'f304'), ('user', 1002, 'f305'), ('user', 1014, 'f30c'), ('hat', 1002, 'f401'), ('login', 1002, 'f501'), ('employer', 1000001, 'e01'), ('contact', 1000001, 'e11'),
                                ('project', 1, 'f601'), ('participation', 1, 'f611'), ('figure', 1, 'f621'), ('enrolment', 1, 'f631'), ('vacancy', 1000001, 'a01'), ('candidate', 1000001, 'c01'), ('benefit', 1, 'ab01'), ('trajectory', 1, 'ab11'),
                                ('document', 1, 'dc01'), ('appointment', 1, 'ac01'), ('appointment', 2, 'ac02')) e (kind, n, id)
       where e.kind = $1 and e.n = $2 $$;
create function pg_temp.uid(kind text, n bigint) returns uuid language sql immutable as
    $$ select coalesce('01920000-0000-7000-8000-' || lpad(pg_temp.example(kind, n), 12, '0'),
                       '01920000-' || substr(h, 1, 4) || '-7' || substr(h, 5, 3) || '-8' || substr(h, 8, 3) || '-'
                       || substr(h, 11, 12))::uuid
       from (select md5(current_setting('demo.seed') || kind || n) h) x $$;
create function pg_temp.pick(options text[], n bigint, salt text) returns text language sql immutable as
    $$ select options[1 + pg_temp.r(n, salt, cardinality(options))] $$;

-- step: municipalities
insert into ref.region (id, code, name) values (pg_temp.uid('region', 1), 'maas-en-venen', 'Maas en Venen');
insert into ref.tenant (id, code, name, region_id)
select pg_temp.uid('tenant', n), 'gm990' || n, 'Gemeente ' || (array['Maasdrecht', 'Veenhoven', 'Kruiswijk'])[n],
       pg_temp.uid('region', 1)
from generate_series(1, 3) n order by n;
insert into ref.tenant (id, code, kind, name, region_id) values
    (pg_temp.uid('tenant', 4), 'hub-maasvenen', 'hub', 'Knooppunt Maas en Venen', pg_temp.uid('region', 1)),
    (pg_temp.uid('tenant', 5), 'ec-maasvenen', 'centre', 'Werkgeverscentrum Maas en Venen', pg_temp.uid('region', 1));
insert into app.mail_setting (tenant_id, id, version, changed_at, changed_in)
select t.tenant_id, t.id, 1, clock.now(), pg_current_xact_id() from ref.tenant t;
create temp table town as
select t.tenant_id as tenant, n, (array['Maasdrecht', 'Veenhoven', 'Kruiswijk'])[n] as name,
       (array[current_setting('demo.candidates')::int, current_setting('demo.candidates')::int / 10,
              current_setting('demo.candidates')::int / 14])[n] as candidates,
       (array[current_setting('demo.candidates')::int * 25 / 28, current_setting('demo.candidates')::int / 20,
              current_setting('demo.candidates')::int / 28])[n] as employers,
       (array[current_setting('demo.candidates')::int / 7, current_setting('demo.candidates')::int / 70,
              current_setting('demo.candidates')::int / 100])[n] as vacancies
from generate_series(1, 3) n join ref.tenant t on t.code = 'gm990' || n;
create temp table pc as
select municipality, postcode4, row_number() over (partition by municipality order by postcode4) - 1 as k,
       count(*) over (partition by municipality) as many from ref.place;
-- The neighbourhood of each postcode area: one of its municipality, when the list of neighbourhoods is loaded.
create temp table hood as
select p.postcode4, b.code from pc p join town t on t.name = p.municipality
join (select code, municipality, row_number() over (partition by municipality order by code) - 1 as k, count(*) over (partition by municipality) as many
      from ref.neighbourhood where status = 'current') b on b.municipality = 'gm990' || t.n and b.k = pg_temp.r(p.postcode4::bigint, 'hood', b.many::int);

-- step: organisations and users
insert into app.organisation (tenant_id, id, kind, name, kvk_number, version, changed_at, changed_in)
select t.tenant, pg_temp.uid('org', t.n * 10 + o.n), o.kind, o.name, (99900000 + t.n * 10 + o.n)::text, 1, clock.now(),
       pg_current_xact_id()
from town t cross join (values (1, 'firm', 'Werkpad B.V.'), (2, 'firm', 'Stap Verder'), (3, 'agency', 'Vlot Uitzend'),
                               (4, 'hub', 'Knooppunt Maas en Venen'), (5, 'association', 'Ondernemersvereniging De Haven'), (6, 'unit', 'Matchingsunit'),
                               (7, 'department', 'Afdeling Inkomen'), (8, 'desk', 'Werkgeversdesk'), (9, 'school', 'Vakschool Maasland')) o (n, kind, name);
update app.organisation o set parent_id = pg_temp.uid('org', t.n * 10 + 6) from town t where o.tenant_id = t.tenant and o.kind = 'desk';
update app.organisation o set start_date = clock.today() - 400 where o.kind = 'unit';
insert into app.user_account (tenant_id, id, name, email, phone, role, attributes, organisation_id, version, changed_at, changed_in)
select t.tenant, pg_temp.uid('user', t.n * 1000 + u.n), u.name, u.role || '.' || u.n || '@' || lower(t.name) || '.example',
       '+3113555' || lpad((t.n * 1000 + u.n)::text, 4, '0'), u.role, case u.role when 'team_lead' then '{decider}'::text[] when 'tenant_admin' then '{privacy_officer}' else '{}' end,
       case u.role when 'firm' then pg_temp.uid('org', t.n * 10 + 1) when 'agency' then pg_temp.uid('org', t.n * 10 + 3)
                   when 'hub' then pg_temp.uid('org', t.n * 10 + 4) when 'employer' then pg_temp.uid('employer', t.n * 1000000 + 1)
       end, 1, clock.now(), pg_current_xact_id()
from town t cross join (
    select 100 + n, 'case_manager', pg_temp.pick(array['Anouk', 'Bilal', 'Carmen', 'Daan', 'Esra', 'Floor', 'Gijs', 'Hanna'], n, 'cm')
           || ' ' || pg_temp.pick(array['de Wit', 'van Veen', 'Jansen', 'Kaya', 'Smits', 'Peeters'], n, 'cml')
    from generate_series(1, 40) n
    union all
    select n, role, names[1 + n % cardinality(names)]
    from string_to_table(current_setting('demo.roles'), ',') with ordinality r (role, n), (values (
        array['Vera Blom', 'Umut Yildiz', 'Ilse Dekker', 'Samira de Wit', 'Joost Maas', 'Kim Peters', 'Lars Boon', 'Mila Kok', 'Noor Akkers',
              'Omar Rutten', 'Petra Vos', 'Quinten Bos', 'Roos Kruik', 'Sem Vermeer', 'Tess Linde'])) given (names)
    where role not in ('case_manager', 'system')
) u (n, role, name);

insert into app.user_account (tenant_id, id, name, email, role, attributes, version, changed_at, changed_in)
select t.tenant_id, pg_temp.uid('user', t.tenant_id * 1000000 + u.n), u.name, u.role || '@' || t.code || '.example', u.role, '{}', 1, clock.now(), pg_current_xact_id()
from ref.tenant t cross join (values (1, 'tenant_admin', 'Ruben Vos'), (2, 'consultant', 'Sanne Hof'), (3, 'account_manager', 'Tom de Graaf'),
                                     (4, 'case_manager', 'Yara Bos'), (5, 'team_lead', 'Wim Kok'), (6, 'hub', 'Zoë Blok')) u (n, role, name)
where t.kind <> 'municipality' and (t.kind = 'hub' or u.role <> 'hub');

-- The team lead is a coach, too, and logs in as somebody of an identity provider.
insert into app.hat (tenant_id, id, user_id, role, from_at, version, changed_at, changed_in)
select t.tenant, pg_temp.uid('hat', t.n * 1000 + 2), pg_temp.uid('user', t.n * 1000 + 2), 'coach', clock.now(), 1, clock.now(), pg_current_xact_id()
from town t;
insert into app.login (tenant_id, id, user_id, issuer, subject, version, changed_at, changed_in)
select t.tenant, pg_temp.uid('login', t.n * 1000 + 2), pg_temp.uid('user', t.n * 1000 + 2), 'https://login.' || lower(t.name) || '.example', 'teamleider', 1,
       clock.now(), pg_current_xact_id()
from town t;
insert into entry.login (issuer, subject, tenant_id, user_id) select l.issuer, l.subject, l.tenant_id, l.user_id from app.login l;
insert into entry.hat (user_id, tenant_id, id, role, organisation_id, attributes, version)
select u.id, u.tenant_id, u.id, u.role, u.organisation_id, u.attributes, pg_current_xact_id()::text::bigint from app.user_account u;
insert into entry.hat (user_id, tenant_id, id, role, organisation_id, attributes, from_at, version)
select h.user_id, h.tenant_id, h.id, h.role, h.organisation_id, h.attributes, h.from_at, pg_current_xact_id()::text::bigint from app.hat h;
insert into app.colleague (tenant_id, id, name, role, phone, active)
select u.tenant_id, u.id, u.name, u.role, u.phone, true from app.user_account u where app.colleague_is(u.role);

-- step: projects
insert into region.project (region_id, id, tenant_id, kind, title, summary, state, starts_on, ends_on, target_groups, readers, organisations,
                            version, changed_at, changed_in)
select pg_temp.uid('region', 1), pg_temp.uid('project', t.n), t.tenant, (array['programme', 'pilot', 'cohort'])[t.n],
       (array['Maatschappelijk werkgeverschap', 'Werk voor uitkering', 'Leerwerkgroep groen'])[t.n],
       'Werkgevers die meedoen, en mensen die bij hen werk vinden.', 'running', clock.today() - 90, clock.today() + 640,
       (array['{youth,long_term}', '{}', '{newcomer}'])[t.n]::text[], case t.n when 1 then array(select tenant from town order by n) else array[t.tenant] end,
       case t.n when 1 then array[pg_temp.uid('org', 11)] else '{}' end, 1, clock.now(), pg_current_xact_id()
from town t;
insert into app.project_leader (tenant_id, region_id, project_id, user_id)
select t.tenant, pg_temp.uid('region', 1), pg_temp.uid('project', t.n), u.id
from town t join app.user_account u on u.tenant_id = t.tenant and u.role = 'account_manager';
insert into region.participation (region_id, id, tenant_id, project_id, participant_kind, participant_id, participant_name, capacity, version, changed_at, changed_in)
select pg_temp.uid('region', 1), pg_temp.uid('participation', w.n), t.tenant, pg_temp.uid('project', 1), w.kind, w.id, w.name, w.capacity, 1, clock.now(), pg_current_xact_id()
from town t cross join lateral (
    select 1, 'organisation', pg_temp.uid('org', 11), 'Werkpad B.V.', 'partner'
    union all select o.n, 'municipality', m.id, m.name, 'member' from town o join ref.tenant m on m.tenant_id = o.tenant where o.n > 1) w (n, kind, id, name, capacity)
where t.n = 1;
insert into region.figure (region_id, id, tenant_id, code, nature, project_id, day, value, source, version, changed_at, changed_in)
select pg_temp.uid('region', 1), pg_temp.uid('figure', f.n), t.tenant, f.code, f.nature, pg_temp.uid('project', 1), clock.today() + f.days, f.value, f.source, 1,
       clock.now(), pg_current_xact_id()
from town t cross join (values (1, 'hired', 'target', 640, 500, null), (2, 'hired', 'forecast', 640, 420, null), (3, 'reported', 'target', 275, 220, null),
                               (4, 'employers_willing', 'reported', -10, 40, 'Projectleider')) f (n, code, nature, days, value, source)
where t.n = 1;

-- step: employers
insert into app.employer (tenant_id, id, region_id, kvk_number, name, sector, size_class, postcode4, street_address,
                          account_manager_id, version, changed_at, changed_in)
select t.tenant, pg_temp.uid('employer', t.n * 1000000 + e), pg_temp.uid('region', 1), (99000000 + (t.n - 1) * 200000 + e)::text,
       pg_temp.pick(array['Groothandel', 'Bakkerij', 'Transport', 'Zorg', 'Kwekerij', 'Schoonmaak', 'Bouw', 'Winkel', 'Techniek', 'Horeca'], e, 'en1')
       || ' ' || pg_temp.pick(array['De Kruik', 'Van Maas', 'Noord', 'De Linde', 'Het Veen', 'Zonneveld', 'Kruispunt', 'De Haven', 'Oost', 'Molen'], e, 'en2')
       || ' ' || e, pg_temp.pick(array['4639', '1071', '4941', '8710', '0113', '8121', '4120', '4711', '2899', '5610'], e, 'en1'),
       pg_temp.pick(array['one', 'small', 'small', 'medium', 'medium', 'large'], e, 'es'), p.postcode4,
       'Werkstraat ' || 1 + pg_temp.r(e, 'st', 200), pg_temp.uid('user', t.n * 1000 + 1), 1, clock.now(), pg_current_xact_id()
from town t cross join lateral generate_series(1, t.employers) e
join pc p on p.municipality = t.name and p.k = pg_temp.r(e, 'epc', p.many::int);
update app.employer e set account_manager_id = u.id from app.user_account u
where u.tenant_id = e.tenant_id and u.role = 'account_manager';
update app.employer e set ownership = pg_temp.pick(array['profit', 'profit', 'profit', 'non_profit', 'public'], hashtext(e.name), 'own');
update app.employer e set experiences = app.employer_experiences(jsonb_build_array(
    jsonb_build_object('date', clock.today() - 90, 'kind', pg_temp.pick(array['good', 'bad'], hashtext(e.name), 'exp'), 'note', 'Proefplaatsing van een half jaar.')))
where pg_temp.r(hashtext(e.name), 'has', 10) = 0;
insert into app.employer_site (tenant_id, id, employer_id, name, street_address, postcode4, version, changed_at, changed_in)
select e.tenant_id, case when e.id = pg_temp.uid('employer', 1000001) then '01920000-0000-7000-8000-000000000e31' else gen_random_uuid() end, e.id,
       'Hoofdvestiging', e.street_address, e.postcode4, 1, clock.now(), pg_current_xact_id()
from app.employer e where e.size_class in ('medium', 'large') or e.id = pg_temp.uid('employer', 1000001);
update app.employer_site s set neighbourhood = h.code from hood h where h.postcode4 = s.postcode4;
insert into app.contact (tenant_id, id, employer_id, name, function_title, email, phone, preferred, version, changed_at, changed_in)
select t.tenant, pg_temp.uid('contact', t.n * 1000000 + e), pg_temp.uid('employer', t.n * 1000000 + e),
       pg_temp.pick(array['Piet', 'Els', 'Karim', 'Joke', 'Wim', 'Fatma'], e, 'ec') || ' ' || pg_temp.pick(array['Kruik', 'Maas', 'Veen', 'Smits', 'Aydin', 'Bos'], e, 'ecl'),
       'personeelszaken', 'werk' || e || '@bedrijf' || e || '.example', '+3113555' || lpad((e % 10000)::text, 4, '0'), true, 1,
       clock.now(), pg_current_xact_id()
from town t cross join lateral generate_series(1, t.employers) e;
update app.contact c set decides = true where pg_temp.r(hashtext(c.email), 'dec', 3) = 0;
insert into app.contact (tenant_id, id, organisation_id, name, function_title, email, preferred, made_commitment, version, changed_at, changed_in)
select o.tenant_id, gen_random_uuid(), o.id, 'Greet Haven', 'secretaris', 'secretariaat@haven.example', true, true, 1, clock.now(), pg_current_xact_id()
from app.organisation o where o.kind = 'association';

-- step: work that there is
create temp table job_kind as
select o.id, o.isco, row_number() over (order by o.uri) - 1 as k,
       (select array_agg(oc.competence_id order by oc.competence_id) from ref.occupation_competence oc
        where oc.occupation_id = o.id and oc.essential) as must,
       (select array_agg(oc.competence_id order by oc.competence_id) from ref.occupation_competence oc
        where oc.occupation_id = o.id and not oc.essential) as nice
from ref.occupation o
where o.status = 'released' and left(o.isco, 1) in ('4', '5', '6', '7', '8', '9')
  and exists (select from ref.occupation_competence oc where oc.occupation_id = o.id and oc.essential)
order by o.label_search in ('warehouse worker', 'warehouse order picker', 'forklift operator', 'building cleaner', 'kitchen assistant', 'cook',
    'waiter/waitress', 'shop assistant', 'shelf filler', 'cashier', 'nurse assistant', 'gardener', 'production operator',
    'receptionist', 'administrative assistant', 'data entry clerk', 'security guard', 'refuse collector', 'hand packer') desc,
    md5(o.uri) limit 60;
update job_kind j set k = n.k from (select id, row_number() over (order by md5(id::text)) - 1 as k from job_kind) n where n.id = j.id;
create unique index on job_kind (k);
analyze job_kind; analyze pc;

-- step: candidates
create temp table person as
select t.tenant, t.n as town, c, pg_temp.uid('candidate', t.n * 1000000 + c) as id, p.postcode4,
       pg_temp.r(c, 'hmin', 5) * 4 + 8 as hours_min, 24 + pg_temp.r(c, 'hmax', 5) * 4 as hours_max,
       pg_temp.r(c, 'occ1', (select count(*)::int from job_kind)) as job1,
       pg_temp.r(c, 'occ2', (select count(*)::int from job_kind)) as job2
from town t cross join lateral generate_series(1, t.candidates) c
join pc p on p.municipality = t.name and p.k = pg_temp.r(c, 'cpc', p.many::int);
insert into app.candidate (tenant_id, id, alias, first_name, last_name, birth_date, email, phone, postcode4, case_manager_id,
    coach_id, organisation_id, status, benefit, phase, target_groups, hours_min, hours_max, shifts, max_distance_km, transport,
    available_from, wishes, introduction, sectors, version, changed_at, changed_in)
select p.tenant, p.id, 'Kandidaat ' || pg_temp.pick(array['Linde', 'Eik', 'Beuk', 'Wilg', 'Els', 'Berk', 'Hazelaar', 'Esdoorn', 'Populier', 'Den'], c, 'al') || ' ' || p.c,
       pg_temp.pick(array['Amina', 'Bram', 'Chaima', 'Dirk', 'Elif', 'Frank', 'Gerda', 'Hassan', 'Ingrid', 'Jamal', 'Karin', 'Leo', 'Maria', 'Nadia', 'Otto', 'Samuel'], c, 'fn'),
       pg_temp.pick(array['van Veen', 'Jansen', 'Kaya', 'El Idrissi', 'de Groot', 'Willems', 'Nowak', 'Tesfay', 'Hendriks', 'Bakker'], c, 'ln'),
       date '1962-01-01' + pg_temp.r(c, 'bd', 15000), 'kandidaat' || p.c || '@post.example', '+3165550' || lpad((p.c % 10000)::text, 4, '0'),
       p.postcode4, pg_temp.uid('user', p.town * 1000 + 101 + p.c % 40),
       case when c = 1 or pg_temp.r(c, 'coach', 20) = 0 then k.id end,
       case pg_temp.r(c, 'org', 10) when 2 then pg_temp.uid('org', p.town * 10 + 3) when 0 then pg_temp.uid('org', p.town * 10 + 1) when 1 then pg_temp.uid('org', p.town * 10 + 2) end,
       case when pg_temp.r(c, 'stat', 20) = 0 then 'paused' else 'active' end,
       pg_temp.pick(array['assistance', 'assistance', 'assistance', 'ww', 'wia', 'none'], c, 'ben'), 1 + pg_temp.r(c, 'ph', 4),
       array[pg_temp.pick(array['youth', 'returner', 'age_50_plus', 'newcomer', 'long_term'], c, 'tg')],
       least(p.hours_min, p.hours_max), p.hours_max,
       case pg_temp.r(c, 'sh', 4) when 0 then '{day}'::text[] when 1 then '{day,evening}' when 2 then '{day,evening,weekend}' else '{day,evening,night,weekend}' end,
       5 + pg_temp.r(c, 'km', 8) * 3, case pg_temp.r(c, 'tr', 3) when 0 then '{bicycle}'::text[] when 1 then '{bicycle,public_transport}' else '{car,bicycle}' end,
       case pg_temp.r(c, 'av', 4) when 0 then clock.today() - 60 + pg_temp.r(c, 'avd', 60) + case when pg_temp.r(c, 'avl', 3) > 0 then 61 else 0 end end,
       'Werk met mijn handen en met collega''s.', 'Ik maak graag af waar ik aan begin.',
       array[pg_temp.pick(array['46', '10', '49', '87', '01', '81', '41', '47', '28', '56'], c, 'sec')], 1, clock.now(), pg_current_xact_id()
from person p join app.user_account k on k.tenant_id = p.tenant and k.role = 'coach';
update app.candidate c set
    neighbourhood = (select h.code from hood h where h.postcode4 = c.postcode4),
    education_level = pg_temp.pick(array['primary', 'lower_secondary', 'lower_secondary', 'upper_secondary', 'upper_secondary', 'bachelor', null], hashtext(c.alias), 'edu'),
    situation = case c.benefit when 'none' then pg_temp.pick(array['employed', 'at_school', 'dismissal_threatened', 'unemployed'], hashtext(c.alias), 'sit') else 'unemployed' end;
update app.candidate c set basic_qualification = c.education_level in ('upper_secondary', 'bachelor') where c.education_level is not null;
update app.candidate c set user_id = pg_temp.uid('user', 1014) where c.id = pg_temp.uid('candidate', 1000001);
insert into app.access (tenant_id, candidate_id, grantee_id, purpose, source)
select c.tenant_id, c.id, c.user_id, 'own', c.id from app.candidate c where c.user_id is not null;

insert into app.mandate (tenant_id, id, state, grantor, grantee_organisation_id, scope, candidate_id, wall, purpose, from_at, exclusive, version, changed_at, changed_in)
select c.tenant_id, pg_temp.uid('mandate', p.town * 1000000 + p.c), 'granted', 'tenant', c.organisation_id, 'person', c.id, 'person', 'mediation',
       clock.now(), false, 1, clock.now(), pg_current_xact_id()
from app.candidate c join person p on p.tenant = c.tenant_id and p.id = c.id where c.organisation_id is not null;
insert into app.access (tenant_id, candidate_id, grantee_id, purpose, source, from_at)
select m.tenant_id, m.candidate_id, m.grantee_organisation_id, m.purpose::text, m.id, m.from_at from app.mandate m
union all
select distinct c.tenant_id, c.id, u, 'any', c.id, null::timestamptz from app.candidate c cross join lateral unnest(array[c.case_manager_id, c.coach_id]) u where u is not null;

-- step: what they can do
insert into app.candidate_occupation (tenant_id, candidate_id, occupation_id, wanted, years)
select p.tenant, p.id, j.id, true, pg_temp.r(p.c, 'yr', 12) from person p join job_kind j on j.k in (p.job1, p.job2)
on conflict do nothing;
insert into app.candidate_competence (tenant_id, candidate_id, competence_id, level)
select distinct on (p.tenant, p.id, s.id) p.tenant, p.id, s.id, 1 + pg_temp.r(p.c, 'lv' || s.id, 3)
from person p join job_kind j on j.k in (p.job1, p.job2) cross join lateral unnest(j.must || j.nice[1:5]) s (id)
where s.id is not null and pg_temp.r(p.c, 'has' || s.id, 10) < 7;
insert into app.candidate_condition (tenant_id, candidate_id, condition, met)
select p.tenant, p.id, c.code,
       pg_temp.r(p.c, 'met' || case when c.kind = 'language' then left(c.code, 5) else c.code end, 100)
       < case c.code when 'dutch_a1' then 95 when 'dutch_a2' then 80 when 'dutch_b1' then 55 when 'dutch_b2' then 35
                     when 'driving_licence_b' then 40 when 'own_transport' then 45 when 'forklift' then 12 when 'vca' then 20
                     when 'certificate_of_conduct' then 90 when 'physical_work' then 65 when 'english_a2' then 60
                     when 'english_b1' then 40 else 50 end
from person p cross join ref.condition c where pg_temp.r(p.c, 'known' || c.code, 10) < 7;
insert into app.candidate_language (tenant_id, candidate_id, language, level)
select p.tenant, p.id, 'nl', (array['a2', 'b1', 'b2', 'c1'])[1 + pg_temp.r(p.c, 'nl', 4)] from person p;

update app.candidate c set
    competences = app.candidate_competences((select jsonb_agg(k) from app.candidate_competence k where k.tenant_id = c.tenant_id and k.candidate_id = c.id)),
    conditions = app.candidate_conditions((select jsonb_agg(k) from app.candidate_condition k where k.tenant_id = c.tenant_id and k.candidate_id = c.id)),
    languages = app.candidate_languages((select jsonb_agg(k) from app.candidate_language k where k.tenant_id = c.tenant_id and k.candidate_id = c.id)),
    occupations = app.candidate_occupations((select jsonb_agg(k) from app.candidate_occupation k where k.tenant_id = c.tenant_id and k.candidate_id = c.id));

-- step: vacancies
create temp table opening as
select t.tenant, t.n as town, v, pg_temp.uid('vacancy', t.n * 1000000 + v) as id,
       case v when 1 then 1 else 1 + pg_temp.r(v, 'vemp', t.employers) end as employer,
       pg_temp.r(v, 'vocc', (select count(*)::int from job_kind)) as job, p.postcode4, 12 + pg_temp.r(v, 'vh', 5) * 4 as hours
from town t cross join lateral generate_series(1, t.vacancies) v
join pc p on p.municipality = t.name and p.k = pg_temp.r(v, 'vpc', p.many::int);
insert into app.vacancy (tenant_id, id, employer_id, title, description, kind, state, occupation_id, hours_min, hours_max, shifts,
    postcode4, positions, candidates_wanted, start_date, needed_by, wage_text, source, reported_at, answer_due_at, version, changed_at, changed_in)
select o.tenant, o.id, pg_temp.uid('employer', o.town * 1000000 + o.employer), upper(left(r.label, 1)) || substr(r.label, 2, 100), 'Goed werk in een prettige ploeg.',
       pg_temp.pick(array['regular', 'regular', 'regular', 'temp', 'trial_placement', 'apprenticeship', 'seasonal'], v, 'vk'),
       case v when 1 then 'open'
              else pg_temp.pick(array['reported', 'screening', 'open', 'open', 'open', 'closed', 'closed', 'unsuitable'], v, 'vs') end,
       j.id, o.hours, o.hours + 8, case pg_temp.r(v, 'vsh', 4) when 0 then '{day,evening}'::text[] else '{day}' end, o.postcode4,
       1 + pg_temp.r(v, 'vpos', 3), 3 + pg_temp.r(v, 'vwant', 5), null, clock.today() + 14 + pg_temp.r(v, 'vneed', 90), 'volgens cao', 'employer',
       clock.now() - make_interval(hours => pg_temp.r(v, 'vrep', 700)),
       calendar.due(clock.now() - make_interval(hours => pg_temp.r(v, 'vrep', 700)), app.rule('clock.answer') -> 'due'), 1, clock.now(), pg_current_xact_id()
from opening o join job_kind j on j.k = o.job join ref.occupation_label r on r.occupation_id = j.id and r.language = 'nl' and r.preferred;
update app.vacancy v set neighbourhood = (select h.code from hood h where h.postcode4 = v.postcode4),
    off_season = case v.kind when 'seasonal' then 'Een cursus in de wintermaanden.' end,
    off_season_months = case v.kind when 'seasonal' then '{december,january,february}'::text[] end;
insert into app.vacancy_competence (tenant_id, vacancy_id, competence_id, need, level, weight)
select o.tenant, o.id, s.id, 'must', 1 + pg_temp.r(o.v, 'vl' || s.id, 2), 1 + pg_temp.r(o.v, 'vw' || s.id, 5)
from opening o join job_kind j on j.k = o.job cross join lateral unnest(j.must[1:4]) s (id);
insert into app.vacancy_competence (tenant_id, vacancy_id, competence_id, need, level, weight)
select o.tenant, o.id, s.id, 'nice', 1, 1 from opening o join job_kind j on j.k = o.job cross join lateral unnest(j.nice[1:3]) s (id)
on conflict do nothing;
insert into app.vacancy_condition (tenant_id, vacancy_id, condition, hard)
select o.tenant, o.id, c.code, pg_temp.r(o.v, 'hard' || c.code, 3) > 0 from opening o cross join ref.condition c
where pg_temp.r(o.v, 'cond' || c.code, 14) = 0;
update app.vacancy v set answered_at = v.reported_at + interval '30 hours' where v.state not in ('reported', 'screening');
update app.vacancy v set
    competences = app.vacancy_competences((select jsonb_agg(c) from app.vacancy_competence c where c.vacancy_id = v.id)),
    conditions = app.vacancy_conditions((select jsonb_agg(c) from app.vacancy_condition c where c.vacancy_id = v.id));
update app.vacancy v set project_id = pg_temp.uid('project', o.town) from opening o where o.id = v.id and o.v % 4 = 1;

insert into app.name_word (tenant_id, noun, word, id)
select n.tenant_id, n.noun, w, n.id from (
    select tenant_id, 'candidate', id, alias from app.candidate union all select tenant_id, 'employer', id, name from app.employer union all
    select tenant_id, 'organisation', id, name from app.organisation union all select tenant_id, 'user', id, name from app.user_account
) n (tenant_id, noun, id, name), unnest(tsvector_to_array(app.words(n.name))) w;

-- step: what the examples of the contract show
insert into app.candidate_participation (tenant_id, id, region_id, project_id, candidate_id, candidate_case_manager_id, candidate_coach_id,
                                         candidate_organisation_id, from_day, version, changed_at, changed_in)
select c.tenant_id, pg_temp.uid('enrolment', 1), pg_temp.uid('region', 1), pg_temp.uid('project', 1), c.id, c.case_manager_id, c.coach_id, c.organisation_id,
       clock.today() - 30, 1, clock.now(), pg_current_xact_id()
from app.candidate c where c.id = pg_temp.uid('candidate', 1000001);
insert into app.benefit (tenant_id, id, candidate_id, kind, state, applied_on, from_day, version, changed_at, changed_in)
select c.tenant_id, pg_temp.uid('benefit', 1), c.id, 'assistance', 'applied', clock.today() - 20, clock.today() - 20, 1, clock.now(), pg_current_xact_id()
from app.candidate c where c.id = pg_temp.uid('candidate', 1000001);
insert into app.trajectory (tenant_id, id, candidate_id, kind, state, organisation_id, benefit_id, employer_id, starts_on, started_on, search_until, made_at, version, changed_at, changed_in)
select c.tenant_id, pg_temp.uid('trajectory', 1), c.id, 'intake', 'running', pg_temp.uid('org', 11), pg_temp.uid('benefit', 1), pg_temp.uid('employer', 1000001), clock.today() - 20, clock.today() - 20,
       clock.today() + 8, clock.now(), 1, clock.now(), pg_current_xact_id()
from app.candidate c where c.id = pg_temp.uid('candidate', 1000001);
insert into app.employer_condition (tenant_id, id, employer_id, condition, hard, version, changed_at, changed_in)
select e.tenant_id, '01920000-0000-7000-8000-000000000e21', e.id, 'physical_work', false, 1, clock.now(), pg_current_xact_id()
from app.employer e where e.id = pg_temp.uid('employer', 1000001);
insert into app.rule (tenant_id, id, code, scope, value, source, version, changed_at, changed_in)
select t.tenant_id, '01920000-0000-7000-8000-00000000fa01', 'cap.open_proposals', 'tenant', '{"count": 3}', 'Beleidsregels matching 2027, artikel 4', 1, clock.now(),
       pg_current_xact_id()
from ref.tenant t where t.id = pg_temp.uid('tenant', 1);
insert into app.screening (tenant_id, id, vacancy_id, verdict, reason, advice, advice_rules, rules_version, screened_by, screened_at,
                           version, changed_at, changed_in)
select v.tenant_id, '01920000-0000-7000-8000-000000000a11', v.id, 'suitable', 'Past bij mensen met weinig ervaring.', 'suitable', '[]',
       'screening-1', pg_temp.uid('user', 1003), clock.now(), 1, clock.now(), pg_current_xact_id()
from app.vacancy v where v.id = pg_temp.uid('vacancy', 1000001);
insert into app.proposal_round (tenant_id, id, vacancy_id, employer_id, asked, already_open, proposed, shortfall_reason, made_by, version,
                                changed_at, changed_in)
select v.tenant_id, '01920000-0000-7000-8000-000000000d01', v.id, v.employer_id, v.candidates_wanted, 0, 1, 'phased',
       pg_temp.uid('user', 1003), 1, clock.now(), pg_current_xact_id()
from app.vacancy v where v.id = pg_temp.uid('vacancy', 1000001);
insert into app.proposal (tenant_id, id, round_id, vacancy_id, employer_id, candidate_id, state, rank, score, sent_at, card, candidate_case_manager_id,
                          candidate_coach_id, candidate_organisation_id, version, changed_at, changed_in)
select r.tenant_id, '01920000-0000-7000-8000-000000000b01', r.id, r.vacancy_id, r.employer_id, c.id, 'sent', 1, 7420,
       clock.now(), app.card(c, false), c.case_manager_id, c.coach_id, c.organisation_id, 1, clock.now(), pg_current_xact_id()
from app.proposal_round r join app.candidate c on c.tenant_id = r.tenant_id and c.id = pg_temp.uid('candidate', 1000001);
insert into app.transition (tenant_id, noun, subject_id, from_state, event, to_state, at, actor, role)
select t.tenant, w.noun, w.subject, w.from_state, w.event, w.to_state, clock.now() - w.ago, pg_temp.uid('user', 1003), 'consultant'
from town t cross join lateral (values
    ('candidate', pg_temp.uid('candidate', 1000001), 'active', 'pause', 'paused', interval '9 days'),
    ('candidate', pg_temp.uid('candidate', 1000001), 'paused', 'activate', 'active', interval '2 days'),
    ('proposal', '01920000-0000-7000-8000-000000000b01', 'drafted', 'send', 'sent', interval '0')) w (noun, subject, from_state, event, to_state, ago)
where t.n = 1;

-- step: what waits for each role
-- Vacancies that the consultant and the account manager handle; and of the first municipality a proposal that is sent for somebody of a
-- case manager, of the coach, of the firm and of the agency: each follows its own.
update app.vacancy v set assignee_id = u.id from app.user_account u
where u.tenant_id = v.tenant_id and v.state in ('reported', 'screening', 'open')
  and u.role = case pg_temp.r(hashtext(v.id::text), 'mine', 6) when 0 then 'consultant' when 1 then 'account_manager' end;
create temp table followed as
select row_number() over (order by w.place) as k, w.place, w.candidate
from town t join app.user_account m on m.tenant_id = t.tenant and m.id = pg_temp.uid('user', 1101)
cross join lateral (values
    (1, (select min(p.c) from person p join app.candidate c on c.id = p.id where p.town = 1 and c.status = 'active' and c.case_manager_id = m.id)),
    (2, (select min(p.c) from person p join app.candidate c on c.id = p.id where p.town = 1 and p.c > 1 and c.status = 'active' and c.coach_id is not null)),
    (3, (select min(p.c) from person p join app.candidate c on c.id = p.id
         where p.town = 1 and c.status = 'active' and c.coach_id is null and c.organisation_id = pg_temp.uid('org', 11))),
    (4, (select min(p.c) from person p join app.candidate c on c.id = p.id
         where p.town = 1 and c.status = 'active' and c.coach_id is null and c.organisation_id = pg_temp.uid('org', 13)))) w (place, candidate)
where t.n = 1 and w.candidate is not null;
create temp table sought as
select v.*, row_number() over (order by o.v desc) as k from opening o join app.vacancy v on v.id = o.id
where o.town = 1 and o.v > 1 and v.state = 'open' and v.candidates_wanted > 4;
insert into app.proposal_round (tenant_id, id, vacancy_id, employer_id, asked, already_open, proposed, shortfall_reason, made_by, version,
                                changed_at, changed_in)
select v.tenant_id, pg_temp.uid('round', v.k), v.id, v.employer_id, v.candidates_wanted, 0, 1, 'phased', pg_temp.uid('user', 1003), 1, clock.now(),
       pg_current_xact_id()
from sought v join followed f using (k);
insert into app.proposal (tenant_id, id, round_id, vacancy_id, employer_id, candidate_id, state, rank, score, sent_at, card, candidate_case_manager_id,
                          candidate_coach_id, candidate_organisation_id, version, changed_at, changed_in)
select v.tenant_id, pg_temp.uid('proposal', v.k), pg_temp.uid('round', v.k), v.id, v.employer_id, c.id, 'sent', 1, 7000, clock.now(), app.card(c, false),
       c.case_manager_id, c.coach_id, c.organisation_id, 1, clock.now(), pg_current_xact_id()
from sought v join followed f using (k) join app.candidate c on c.tenant_id = v.tenant_id and c.id = pg_temp.uid('candidate', 1000000 + f.candidate);
update app.proposal p set candidate_user_id = c.user_id from app.candidate c
where c.tenant_id = p.tenant_id and c.id = p.candidate_id and c.user_id is not null;
insert into queue.act (id, tenant, verb, noun, target, outcome, reason, actor, at, ended_at)
select '01920000-0000-7000-8000-000000000fa1', t.tenant, 'resume', 'tenant', pg_temp.uid('tenant', 1)::text, 'done', 'demo',
       (select u.id from app.user_account u where u.tenant_id = t.tenant and u.role = 'tenant_admin'), clock.now(), clock.now()
from town t where t.n = 1;

-- step: documents
-- The card of the first candidate, as it was made once; its pages say only that they are an example.
insert into app.subject (tenant_id, id, noun, wall, candidate_id)
select c.tenant_id, c.id, 'candidate', 'person', c.id from app.candidate c where c.id = pg_temp.uid('candidate', 1000001) on conflict do nothing;
create temp table example_page as select convert_to(E'%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj '
    || E'3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n', 'UTF8') as bytes;
insert into app.document (tenant_id, id, subject_id, wall, noun, candidate_id, template, audience, retention, title, state, parameters, hash, pages, size,
                          asked_by, asked_at, made_at, version, changed_at, changed_in)
select c.tenant_id, pg_temp.uid('document', 1), c.id, 'person', 'candidate', c.id, t.code, t.audience, t.retention, t.title_nl, 'made', '{}',
       sha256(e.bytes), 1, octet_length(e.bytes), c.case_manager_id, clock.now(), clock.now(), 1, clock.now(), pg_current_xact_id()
from app.candidate c, ref.document_template t, example_page e where c.id = pg_temp.uid('candidate', 1000001) and t.code = 'card';
insert into app.document_content (tenant_id, document_id, bytes)
select d.tenant_id, d.id, e.bytes from app.document d, example_page e where d.id = pg_temp.uid('document', 1);

-- step: shortlists to be made
select queue.enqueue('match_vacancy', v.tenant_id, jsonb_build_object('vacancy', v.id), 'vacancy:' || v.id,
                     'match_vacancy:' || v.id, 'coalesce', 2::smallint)
from app.vacancy v where v.state = 'open' order by v.tenant_id, v.id;
select queue.enqueue('count_supply', v.tenant_id, jsonb_build_object('vacancy', v.id), null, 'count_supply:' || v.id, 'coalesce', 2::smallint)
from app.vacancy v where app.vacancy_is_pending(v.state) order by v.tenant_id, v.id;
select queue.enqueue('count_figures', t.tenant_id, '{}', null, 'count_figures:' || t.id, 'coalesce', 2::smallint) from ref.tenant t;
