# SPDX-License-Identifier: EUPL-1.2
"""The headers of requests that the contract knows. lib/server/input.c refuses what does not fit."""

TAG = '(W/)?"[!#-~]*"'
KEY = r'[!#-+\--\[\]-~]'


def header(name, description, example, most, **more):
    schema = {'type': 'string', 'maxLength': most, **more.pop('schema', {})}
    return {'name': name, 'in': 'header', 'description': description, 'schema': schema, 'example': example, **more}


def parameters(limits):
    least, most = 8, limits['LIMIT_KEY']
    tags = {'minLength': 1, 'pattern': f'^(\\*|{TAG}(, *{TAG})*)$'}
    key = {'minLength': least, 'pattern': f'^({KEY}{{{least},{most}}}|"{KEY}{{{least},{most}}}")$'}
    return {
        'IdempotencyKey': header(
            'Idempotency-Key',
            'Your own identifier of this act, such as a UUID; a retry repeats it, and the act is never done twice. A String of '
            f'RFC 9651, which stands in quotes, or the same without them: {least} to {most} visible ASCII characters without quote, '
            'backslash and comma. It is kept for 72 hours.',
            '"01920000-0000-7000-8000-0000000000bb"', most + 2, required=True, schema=key),
        'IfMatch': header(
            'If-Match',
            'The `ETag` that you read, or a list of them, or `*` for any version (RFC 9110 section 13.1.1). `"<version>"` will '
            'do, so that the `version` of an item of a list can be used. A weak tag counts like a strong one.',
            '"1"', limits['LIMIT_TAGS'], required=True, schema=tags),
        'IfNoneMatch': header(
            'If-None-Match',
            'The `ETag` that you have, or a list of them: 304 when nothing that you may see has changed (RFC 9110 section 13.1.2).',
            '"1-0123456789abcdef"', limits['LIMIT_TAGS'], schema=tags),
        'As': header(
            'As',
            'With which of your hats you ask: an `id` of `hats` of the profile. Without it, with the widest that the operation admits.',
            '01920000-0000-7000-8000-00000000f301', 36, schema={'format': 'uuid'}),
        'AcceptLanguage': header(
            'Accept-Language',
            'The language of the texts of problems: nl or en, by weight (RFC 9110 section 12.5.4). Dutch when neither is named.',
            'nl, en;q=0.5', limits['LIMIT_LANGUAGES']),
    }
