# SPDX-License-Identifier: EUPL-1.2
"""A contract of a few lines, for tests of what the generator makes and refuses."""
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'openapi'))
from generator.contract import Contract  # noqa: E402


def text(**more):
    return {'type': 'string', 'maxLength': 40, 'description': 'Text.', 'example': 'a', **more}


def number(**more):
    return {'type': 'integer', 'minimum': 0, 'maximum': 9, 'description': 'Number.', 'example': 1, **more}


def schema(properties, **more):
    return {'type': 'object', 'x-nl': 'ding', 'description': 'A thing.', 'properties': properties, **more}


def operation(number, body=None, response=None, parameters=(), **more):
    """POST with a body, else GET; the POST does the same when it is sent again."""
    def content(name):
        return {'application/json': {'schema': {'$ref': f'#/components/schemas/{name}'}}}
    made = {'operationId': f'thing{number}', 'x-handler': f'thing_{number}', 'summary': 'A thing', 'description': 'A thing.',
            'x-rights': {'clerk': 'tenant'}, 'x-safe': True, 'parameters': list(parameters),
            'responses': {'200': {'description': 'A thing.', **({'content': content(response)} if response else {})}}, **more}
    return {'post' if body else 'get': {**made, **({'requestBody': {'content': content(body)}} if body else {})}}


def parameters(count, place='query'):
    return [{'name': f'p{i}', 'in': place, 'required': place == 'path', 'description': 'Text.', 'schema': text()} for i in range(count)]


def contract(folder, schemas=None, services=None, roles=('clerk',), attributes=('boss',)):
    """`services`: {service: {path: operations}}."""
    def named(names):
        return [{'name': name, 'nl': name, 'description': name} for name in names]
    folder.mkdir(exist_ok=True)
    files = {'openapi': {'x-roles': named(roles), 'x-attributes': named(attributes)}, 'common': {'components': {'parameters': {}}},
             **{service: {'x-service': service, 'paths': paths, 'components': {'schemas': {}}}
                for service, paths in (services or {}).items()}}
    files.setdefault('things', {'x-service': 'things', 'paths': {}, 'components': {}})['components']['schemas'] = schemas or {}
    for name, document in files.items():
        (folder / f'{name}.yaml').write_text(yaml.dump(document))
    return Contract(folder)
