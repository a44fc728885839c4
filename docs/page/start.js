// SPDX-License-Identifier: EUPL-1.2
SwaggerUIBundle({url: '/v1/openapi.json', dom_id: '#ui', deepLinking: true, tryItOutEnabled: true});
