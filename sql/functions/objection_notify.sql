-- What the objector is told, in writing: that it came (Awb, article 6:14), what is missing (6:6), that it takes longer (7:10, paragraph 5), and what came of it (7:12, paragraph 2).

-- The sentences of a letter about an objection, in plain Dutch.
create function app.objection_words(o app.objection, what text) returns text[] language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare until text := 'Wij beslissen uiterlijk op ' || calendar.in_words(o.decide_by) || '.';
    begin
        return array_remove(case what
            when 'received' then array['Wij hebben uw bezwaar gekregen op ' || calendar.in_words(o.received_on) || '.', until]
            when 'repair' then array['In uw bezwaar ontbreekt nog iets. Wij weten bijvoorbeeld nog niet waarom u het niet eens bent met ons besluit.',
                'Stuur ons dat uiterlijk op ' || calendar.in_words(o.repair_until) || '. Doet u dat niet? Dan kunnen wij niet naar uw bezwaar kijken.']
            when 'postponed' then array['Wij hebben meer tijd nodig voor uw bezwaar.', until]
            when 'upheld' then array['U krijgt gelijk. Ons besluit geldt niet meer.', 'Hebt u daardoor minder geld gekregen? Dan krijgt u dat alsnog.']
            when 'partly' then array['U krijgt voor een deel gelijk. Wij veranderen ons besluit. Daarover krijgt u nog een brief.']
            when 'rejected' then array['U krijgt geen gelijk. Ons besluit blijft gelden.']
            when 'inadmissible' then array['Wij kunnen niet naar uw bezwaar kijken. Ons besluit blijft gelden.']
            else array['U hebt uw bezwaar ingetrokken. Wij kijken er niet meer naar. Ons besluit blijft gelden.'] end, null);
    end $$;

-- The article of law that says that this letter must be sent.
create function app.objection_article(what text) returns text immutable parallel safe
    return 'Algemene wet bestuursrecht ' || case what when 'received' then '6:14' when 'repair' then '6:6' when 'postponed' then '7:10' when 'withdrawn' then '6:21' else '7:12' end;

-- How somebody goes to the court against what was decided on an objection (Awb 3:45, 6:7, 8:1 and 8:81), in plain Dutch.
create function app.objection_remedies() returns text immutable
    return 'Stuur dan een brief aan de rechtbank. Dat heet in beroep gaan. Doe het binnen zes weken nadat wij u deze brief stuurden of gaven. Dat kost geld.' || chr(10)
        || 'Zet in uw brief: uw naam en adres, de datum, ons kenmerk, en waarom u het niet eens bent met de beslissing. Zet uw handtekening eronder.' || chr(10)
        || 'Kunt u niet wachten op de rechter? Vraag dan de rechtbank om een voorlopige voorziening. Dat kost ook geld.';

-- Tells the objector: `what` is received, repair, postponed, withdrawn or an outcome. Of one occasion once.
create function app.objection_tell(objection uuid, what text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        o app.objection := (select x from app.objection x where x.tenant_id = app.tenant() and x.id = objection);
        decided boolean := what in ('upheld', 'partly', 'rejected', 'inadmissible');
    begin
        perform app.notify_person('objection', o.candidate_id, 'objection', o.id, jsonb_build_object('number', o.decision_id, 'heading', case when decided then 'Onze beslissing op uw bezwaar' else 'Uw bezwaar' end,
            'paragraphs', to_jsonb(app.objection_words(o, what)), 'reasons', to_jsonb(array_remove(array[case when decided then o.outcome_text::text end], null)),
            'articles', app.objection_article(what), 'remedies', to_jsonb(array_remove(array[case when decided then app.objection_remedies() end], null))),
            app.occasion('objection', o.id::text, what, case what when 'repair' then o.repair_until when 'postponed' then o.decide_by end::text));
    end $$;
