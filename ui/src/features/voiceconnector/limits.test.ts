import { expect, it } from 'vitest';

import { inUse } from './limits';

const pace = { group: 'heavy', requests: 10, per_seconds: 60, used: 3 };
const now = Date.parse('2026-11-23T15:00:00Z');

it('says what is used, and until when it is paused', () => {
  expect(inUse(pace, now)).toBe('3 of 10 requests in the last minute');
  expect(inUse({ ...pace, paused_until: '2026-11-23T15:01:00Z' }, now)).toContain('paused until');
  expect(inUse({ ...pace, paused_until: '2026-11-23T14:59:00Z' }, now)).not.toContain('paused');
});
