// A description of an API in the mock: one operation of each shape that the reference page shows.
import type { Description } from '../src/lib/openapi.ts';

const problem = { description: 'Refused', content: { 'application/problem+json': { schema: { type: 'object' } } } };

export const description: Description = {
  info: { title: 'Earshot', version: 'mock' },
  paths: {
    '/api/v1/calls': { get: { operationId: 'list-calls', tags: ['calls'], summary: 'Calls that may be seen, newest first', parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } }], responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Calls' } } } }, 401: problem } } },
    '/api/v1/calls/{id}': { get: { operationId: 'get-call', tags: ['calls'], summary: 'One call with transcript and insights', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 64 } }], responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Call' } } } }, 404: problem } } },
    '/api/v1/excluded-numbers/{id}': { delete: { operationId: 'include-number', tags: ['excluded numbers'], summary: 'Take a number off the list', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }], responses: { 204: { description: 'Done' }, 404: problem } } },
    '/api/v1/excluded-numbers': { post: { operationId: 'exclude-numbers', tags: ['excluded numbers'], summary: 'Exclude several numbers at once', requestBody: { content: { 'application/json': { schema: { type: 'object', required: ['numbers'], properties: { numbers: { type: 'array', items: { type: 'string' }, description: 'In any format' }, note: { type: 'string', maxLength: 200 } } } } } }, responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } }, 422: problem } } },
  },
  components: { schemas: { Calls: { type: 'object', required: ['items'], properties: { items: { type: 'array', items: { $ref: '#/components/schemas/Call' } }, next: { type: 'string', description: 'Cursor of the next page' } } }, Call: { type: 'object', required: ['id', 'state'], properties: { id: { type: 'string' }, state: { type: 'string', enum: ['processing', 'processed', 'failed'] }, started_at: { type: 'string', format: 'date-time' } } } } },
};
