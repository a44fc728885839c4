// SPDX-License-Identifier: EUPL-1.2
// Swagger UI on the contract. What only helps somebody who tries it is added here: who may call an operation, no filters that are
// filled in beforehand, a new Idempotency-Key for each try, and the ETag that was read last.
'use strict';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const SCOPES = {tenant: 'whole municipality', organisation: 'own organisation', caseload: 'own caseload', installation: 'installation'};
const tags = new Map();     // ETag by path, of what was read or written last

function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

function rightsOf(operation) {
    const rights = Object.entries(operation['x-rights'] || {});
    return '\n\n**Who may:** ' + (rights.map(([role, scope]) => `${role} (${SCOPES[scope]})`).join(', ') || 'everybody, without a token');
}

// What is optional stays empty: the examples of all filters together find nothing.
function empty(parameter) {
    if (parameter.in === 'path' || parameter.example === undefined)
        return parameter;
    const {example, ...rest} = parameter;
    return {...rest, required: false, description: `${parameter.description} For example \`${example}\`.`};
}

function filledIn(parameter) {
    const words = {'Idempotency-Key': 'Left empty: a new one for each try.', 'If-Match': 'Left empty: the ETag that you read here last.'};
    return words[parameter.name] ? {...parameter, description: `${parameter.description} **${words[parameter.name]}**`} : parameter;
}

function prepare(contract) {
    const shared = contract.components.parameters;
    for (const name of Object.keys(shared))
        shared[name] = filledIn(empty(shared[name]));
    for (const item of Object.values(contract.paths))
        for (const operation of METHODS.map(method => item[method]).filter(Boolean)) {
            operation.description += rightsOf(operation);
            operation.parameters = operation.parameters.map(empty);
        }
    return contract;
}

function request(sent) {
    const path = new URL(sent.url, location.href).pathname;
    if (sent.method === 'POST' && !sent.headers['Idempotency-Key'] && !path.endsWith('/_search'))
        sent.headers['Idempotency-Key'] = newKey();
    if (['PUT', 'PATCH', 'DELETE'].includes(sent.method) && !sent.headers['If-Match'] && tags.has(path))
        sent.headers['If-Match'] = tags.get(path);
    return sent;
}

function response(got) {
    if (got.ok && got.headers && got.headers.etag)
        tags.set(new URL(got.headers.location || got.url, location.href).pathname, got.headers.etag);
    return got;
}

fetch('/v1/openapi.json').then(answer => answer.json()).then(contract => {
    window.ui = SwaggerUIBundle({
        spec: prepare(contract), dom_id: '#ui', deepLinking: true, tryItOutEnabled: true, filter: true, validatorUrl: null,
        defaultModelsExpandDepth: 0, requestInterceptor: request, responseInterceptor: response,
    });
});
