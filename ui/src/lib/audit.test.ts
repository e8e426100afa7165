import { describe, expect, it } from 'vitest';

import { actionName, auditQuery, browserName, changeWords } from './audit';

describe('audit log', () => {
  it.each([['user.saved', 'User saved'], ['excluded_number.added', 'Excluded number added'], ['signed_in', 'Signed in']])('%s reads %s', (code, want) => expect(actionName(code)).toBe(want));
  it.each([
    [{ old: 'a', new: 'b' }, 'a → b'], [{ old: '', new: 'b' }, 'b'], [{ old: 'a', new: '' }, 'a → empty'], [{ old: '', new: '(secret)' }, 'changed'],
  ])('%o reads %s', (change, want) => expect(changeWords(change)).toBe(want));
  it('leaves out what is empty, and takes days whole', () => {
    const got = auditQuery({ actor: '', q: ' x ', from: '2026-11-23', to: '2026-11-23' });
    expect(Object.keys(got).sort()).toEqual(['from', 'q', 'to']);
    expect(Date.parse(got.to ?? '') - Date.parse(got.from ?? '')).toBe(86_400_000);
  });
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36', 'Chrome on Linux'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge on Windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/18.0 Safari/605.1', 'Safari on macOS'], ['curl/8.5', 'curl/8.5'], ['', 'Unknown program'],
  ])('%s is %s', (agent, want) => expect(browserName(agent)).toBe(want));
});
