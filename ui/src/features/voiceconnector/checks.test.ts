import { describe, expect, it } from 'vitest';

import { type Check, byPlace, question } from './checks';

const check = (id: string, provider: string, status: Check['status']): Check => ({ id, provider, status, title: id, found: '', why: '', fix: '', page: '' });

describe('checks', () => {
  it('puts what is to be mended first, and leaves the rest in order', () => {
    const places = byPlace([check('db', '', 'green'), check('disk', '', 'green'), check('site', 'dialpad', 'not_applicable'), check('sync', 'dialpad', 'green'), check('key', 'dialpad', 'red'), check('key', 'aircall', 'unknown')]);
    expect(places.map((p) => [p.provider, p.items.map((c) => c.id)])).toEqual([['dialpad', ['key', 'sync', 'site']], ['', ['db', 'disk']], ['aircall', ['key']]]);
  });
});

describe('question', () => {
  const nothing = { provider: '', id: '', number: '', at: '', minutes: '60' };
  it('is none where nothing is known', () => {
    expect(question(nothing)).toBeUndefined();
    expect(question({ ...nothing, provider: 'aircall', id: '  ' })).toBeUndefined();
  });
  it('holds what is known, without spaces around it', () => {
    expect(question({ ...nothing, provider: 'aircall', id: ' 77 ' })).toEqual({ provider: 'aircall', provider_call_id: '77' });
    expect(question({ ...nothing, number: ' 212 555 0142' })).toEqual({ number: '212 555 0142' });
  });
  it('gives the time with its zone and window', () => {
    expect(question({ ...nothing, at: '2026-11-23T14:30', minutes: '15' })).toEqual({ at: new Date(2026, 10, 23, 14, 30).toISOString(), window_minutes: 15 });
  });
});
