import { describe, expect, it } from 'vitest';

import { newConnectors } from '../../../mock/connectors';
import type { Connector } from '../../lib/api';
import { lastWeek, wizard } from './wizard';

const fresh = () => newConnectors()[0] as Connector;
const kinds = (c: ReturnType<typeof fresh>) => wizard(c).map((s) => s.state.kind).join(' ');

describe('wizard', () => {
  it('begins with the terms, and enabling waits for all that is missing', () => {
    expect(kinds(fresh())).toBe('optional current todo todo optional blocked');
    expect(wizard(fresh()).at(-1)?.state.text).toBe('Blocked by Terms, Configure Named Credential, Assign Integration User');
  });
  it('goes on with the first step that is not done', () => {
    const c = fresh();
    c.terms = { ...c.terms, accepted: true };
    c.blockers = c.blockers.filter((b) => b.step === 'integration-user');
    expect(kinds(c)).toBe('optional done done current optional blocked');
    c.blockers = [];
    expect(kinds(c)).toBe('optional done done done optional current');
    expect(kinds({ ...c, on: true })).toBe('optional done done done optional done');
  });
  it('asks again for terms that have changed', () => {
    const c = fresh();
    expect(wizard({ ...c, terms: { ...c.terms, accepted_by: 'Nina' } })[1]?.state.text).toBe('Changed: accept again');
  });
});

describe('the calls of the last seven days', () => {
  const off = { name: 'Aircall', backfill: true, enabled: false, provider_enabled: false, on: false };
  it.each([
    [{ ...off }, /Enable Integration first/], [{ ...off, enabled: true }, /will be processed when/], [{ ...off, provider_enabled: true }, /will not be processed/],
    [{ ...off, backfill: false, enabled: true }, /not processed by themselves/], [{ ...off, on: true }, /^$/],
  ])('%#', (c, want) => expect(lastWeek(c)).toMatch(want));
});
