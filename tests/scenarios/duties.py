# SPDX-License-Identifier: EUPL-1.2
"""What the scenarios share about obligations: the ordinance, a signal that is looked into, a decision that somebody else makes, the letter that notifies it, and the
message to whoever pays, which comes once."""
import base64
import json

from region import until
from scenarios.main_job import expect

SECRET = 'whsec_' + base64.b64encode(bytes(range(32))).decode()
ORDINANCE = {       # A: the studies give no ordinance
    'categories': [{'code': 'absence', 'obligation': 'provision', 'percentage': 40, 'months': 1, 'article': 'Verordening 9'},
                   {'code': 'search', 'obligation': 'work', 'percentage': 30, 'months': 1, 'article': 'Verordening 8'}],
    'uniform': {'months': 1, 'again_months': 2}, 'spread': False,
    'repetition': {'within_months': 12, 'months_times': 2, 'percentage_times': 1, 'again': 'once', 'counts': 'same', 'most_months': 3},
    'waived_counts': False, 'together': 'heaviest', 'concurrence': 'heaviest', 'too_old_months': 12, 'starts': 'next_month', 'household': 'whole', 'view_may_be_skipped': False}
WEIGHED = {'blame': 'full', 'blameText': 'Kende de regels.', 'circumstances': 'none', 'circumstancesText': 'Geen.', 'urgentReasons': 'none', 'urgentText': 'Geen.',
           'reasons': 'U kwam niet en meldde u niet af.'}


class Duties:
    def __init__(self, story):
        self.story, self.receiver = story, story.receiver
        admin = story.by('tenant_admin')
        self.receiver.key('sleutel', SECRET)
        for item in admin.get('/endpoints?pageSize=100').json['items']:       # those of the demo region lead nowhere
            if not item['paused']:
                expect(admin.patch(f'/endpoints/{item["id"]}', {'paused': True}, admin.get(f'/endpoints/{item["id"]}').headers['etag']), 200)
        for endpoint in ({'purpose': 'benefits_payment', 'kind': 'webhook', 'secret': 'sleutel', 'address': self.receiver.address}, {'purpose': 'print', 'kind': 'drop', 'address': 'drukker'}):
            story.new(admin, '/endpoints', endpoint)

    def rule(self, code, value, project=None, adopt=True):
        """A rule of the municipality or of a project; the draft of it, or adopted from now."""
        story = self.story
        made = story.new('tenant_admin', '/rules', {'code': code, 'value': value, 'source': 'Verordening (A)', **({'scope': 'project', 'scopeId': project} if project else {})})['id']
        if adopt:
            self.adopt(made)
        return made

    def adopt(self, rule):
        self.story.act('tenant_admin', f'/rules/{rule}/adoptions', {'decision': 'B&W, bij aanvang van het project (A)'})

    def ordinance(self):
        listed = self.story.by('tenant_admin').get('/rules?code=measure.ordinance&scope=tenant&pageSize=100').json['items']
        if not any(r['state'] == 'adopted' for r in listed):
            self.rule('measure.ordinance', ORDINANCE)

    def lives(self, person, number):
        """Where letters go. The system of civil records says it, and no call does."""
        self.story.region.sql("select set_config('app.tenant', '1', false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false), set_config('app.actor', '', false); "
                              'update app.candidate set address_lines = %s where id = %s', (f'Dorpsstraat {number}\n5012 AB Dorp', person))

    def check(self, signal, *outcomes):
        """The checks of a signal, one after the other, by whoever has them."""
        for outcome in outcomes:
            found = self.story.by('team_lead').get(f'/tasks?subjectId={signal}&kind=check&state=open&pageSize=100').json['items']
            assert len(found) == 1 and found[0]['urgent'], found
            self.story.act('case_manager', f'/tasks/{found[0]["id"]}/completions', {'outcome': outcome})
        seen = self.story.by('team_lead').get(f'/signals/{signal}').json
        assert seen['state'] == 'looked_into' and seen['lookedIntoAt'][:10] == seen['receivedAt'][:10], seen
        return seen

    def gate(self, decision, who='team_lead'):
        return [n['code'] for n in self.story.by(who).get(f'/decisions/{decision}/gate').json.get('missing', [])]

    def decide(self, person, kind='lowering', **said):
        """A draft about which the person gives a view, decided by somebody else: the decision."""
        story = self.story
        made = story.new('case_manager', '/decisions', {'candidateId': person, 'kind': kind, **said})
        if kind not in ('premium', 'cost'):
            story.act('case_manager', f'/decisions/{made["id"]}/view-requests', {'channel': 'in_person'})
            story.act('case_manager', f'/decisions/{made["id"]}/views', {'text': 'Ik was het vergeten.'})
        return self.determine(made['id'])

    def determine(self, decision):
        return expect(self.story.by('team_lead').post(f'/decisions/{decision}/determinations'), 200)

    def told(self, decision):
        """{to whom: the messages about a decision}"""
        found = {}
        for message in self.story.by('team_lead').get(f'/messages?aboutId={decision}&pageSize=100').json['items']:
            found.setdefault(message.get('purpose') or ('person' if message.get('toCandidateId') else 'user'), []).append(message)
        return found

    def notify(self, decision, letters=1):
        """The letter lies in the folder of the printer, who takes it: the decision is notified. Then whoever pays gets one message, and acknowledges it."""
        story, drop = self.story, self.receiver.drop('drukker')
        told = self.told(decision)
        letter, = told['person']
        assert 'benefits_payment' not in told, told
        until(lambda: f'1.{letter["id"]}' in [folder.name for folder in drop.new()], 90)
        drop.acknowledge(**{f'1.{letter["id"]}': 'taken'})
        until(lambda: story.by('team_lead').get(f'/decisions/{decision}').json['state'] in ('notified', 'in_force'), 90)
        payment, = self.told(decision)['benefits_payment']      # nobody hears of it before the person
        until(lambda: self.came(payment['id']), 90)
        until(lambda: story.by('team_lead').get(f'/messages/{payment["id"]}').json['state'] in ('sent', 'handed'), 60)
        story.act('benefits_payment', f'/messages/{payment["id"]}/acknowledgements', {'event': 'acknowledge', 'reference': f'U-{payment["id"][-6:]}'})
        assert len(self.came(payment['id'])) == 1 and self.told(decision).keys() <= {'person', 'benefits_payment', 'user'}, told
        return story.by('team_lead').get(f'/decisions/{decision}').json

    def came(self, message):
        """What reached whoever pays, by its own record."""
        return [body for _, _, body in list(self.receiver.got) if json.loads(body)['data'].get('message') == message]

    def closed_to(self, step, client, words, decision, signal):
        for what, path in (('a measure', f'/decisions/{decision}'), ('a signal', f'/signals/{signal}'), ('what is missing for a measure', f'/decisions/{decision}/gate')):
            answer = client.get(path)
            self.story.refused(step, f'{words} reads {what}', answer, answer.status if answer.status == 403 else 404)
        assert client.get(f'/messages?aboutId={decision}&pageSize=100').json.get('items', []) == []
