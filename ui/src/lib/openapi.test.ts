import { describe, expect, it } from 'vitest';

import { type Description, boundsOf, curlOf, entries, exampleOf, typeOf } from './openapi';

const api: Description = {
  info: { title: 'Earshot', version: '1' },
  paths: { '/b': { post: { tags: ['users'], summary: 'Make one', requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Body' } } } }, responses: {} } }, '/a': { get: { tags: ['calls'], responses: {} }, delete: { tags: ['calls'], responses: {} } } },
  components: { schemas: { Body: { type: 'object', properties: { $schema: { type: 'string' }, name: { type: 'string' }, kind: { type: 'string', enum: ['', 'product'] }, at: { type: 'string', format: 'date-time' }, children: { type: 'array', items: { $ref: '#/components/schemas/Body' } } } } } },
};

describe('the description of the API', () => {
  it('is ordered by tag and path', () => expect(entries(api, '').map((e) => `${e.method} ${e.path}`)).toEqual(['GET /a', 'DELETE /a', 'POST /b']));
  it('is searched', () => expect(entries(api, 'MAKE').map((e) => e.path)).toEqual(['/b']));
  it('names types', () => expect([typeOf({ $ref: '#/x/Body' }), typeOf({ type: 'array', items: { type: 'string', format: 'uri' } }), typeOf({ type: ['string', 'null'] }), typeOf({})]).toEqual(['Body', 'list of string (uri)', 'string or null', 'anything']));
  it('names bounds', () => expect(boundsOf({ enum: ['', 'a'], maximum: 2000, default: 'a' })).toBe('one of empty, a; at most 2,000; "a" if left out'));
  it('makes an example that ends', () => expect(exampleOf(api, { $ref: '#/components/schemas/Body' })).toEqual({ name: 'text', kind: 'product', at: '2026-11-24T09:00:00Z', children: [null] }));
  it('makes a request', () => expect(entries(api, 'make').map((e) => curlOf(api, e, 'https://e.example'))[0]).toContain(`-d '{"name":"text"`));
});
