import { problemText } from '../features/session/login';
import { describe, expect, it } from 'vitest';

import type { ScheduledJob } from './api';
import { dayAfter, dayOf, isDay, momentsOf } from './days';
import { filterQuery, readFilter } from './filter';
import { clock, many, pastedNumbers, phone, span, title } from './format';
import { progressOf, remaining, shownBackfills, windowOf, wordsOf } from './jobs';
import { keysFor } from './queries';
import { rowsInView } from './rows';
import { hits, lineAt, skipSilence } from './transcript';

describe('format', () => {
  it.each([[0, '0:00'], [65.9, '1:05'], [3725, '1:02:05'], [-3, '0:00']])('clock(%s)', (seconds, want) => expect(clock(seconds)).toBe(want));
  it('phone', () => {
    expect(phone('+12125550123')).toBe('+1 212-555-0123');
    expect(phone('+33176360695')).toBe('+33176360695');
    expect(phone('anonymous')).toBe('anonymous');
  });
  it.each([[1, 'second'], [60, 'minute'], [10, '10 seconds'], [3600, 'hour']])('span(%s)', (seconds, want) => expect(span(seconds)).toBe(want));
  it.each([[0, '0 calls'], [1, '1 call'], [2, '2 calls']])('many(%s)', (n, want) => expect(many(n, 'call')).toBe(want));
  it('title', () => expect(title('no_user')).toBe('No user'));
  it('pasted numbers', () => expect(pastedNumbers(' +1 212 555 0123, +44 20 7946 0000\n;\n+1 212 555 0123')).toEqual(['+1 212 555 0123', '+44 20 7946 0000']));
});

describe('transcript', () => {
  const lines = [{ start: 1, end: 3 }, { start: 4, end: 6 }, { start: 4.5, end: 5 }, { start: 9, end: 12 }];
  it.each([[0.5, -1], [1, 0], [3.5, 0], [4, 1], [4.6, 2], [8.9, 2], [100, 3]])('lineAt(%s)', (time, want) => expect(lineAt(lines, time)).toBe(want));
  it('finds every line by its own start', () => lines.forEach((l, i) => expect(lineAt(lines, l.start)).toBe(i)));
  it('skips long silence only, and never into nothing', () => {
    expect(skipSilence(lines, 6.5)).toBeCloseTo(8.85);
    expect(skipSilence(lines, 3.4)).toBe(3.4);
    expect(skipSilence(lines, 5)).toBe(5);
    expect(skipSilence(lines, 20)).toBe(20);
  });
  it('marks each hit', () => {
    expect(hits('Price and price', 'price').filter((p) => p.hit)).toHaveLength(2);
    expect(hits('a+b', '+').map((p) => p.text).join('')).toBe('a+b');
    expect(hits('text', ' ')).toEqual([{ text: 'text', hit: false }]);
  });
});

describe('live changes', () => {
  it('names what each topic touches', () => {
    expect(keysFor('call', '7')).toContainEqual(['calls', 'one', '7']);
    expect(keysFor('vc_call', '7')).toEqual([['vc-calls', 'counts'], ['vc-calls', 'one', '7']]);
    expect(keysFor('scheduled_job', '7')).toEqual([['scheduled-jobs']]);
    expect(keysFor('weather', '')).toEqual([]);
  });
});

describe('long lists', () => {
  const rowHeight = 60;
  it.each([
    ['at the start', 0, 10_000, { first: 0, last: 27 }],
    ['in the middle', 300_000, 10_000, { first: 4988, last: 5027 }],
    ['at the end', 599_100, 10_000, { first: 9973, last: 10_000 }],
    ['beyond the end', 900_000, 10_000, { first: 9999, last: 10_000 }],
    ['above the list', -5000, 10_000, { first: 0, last: 0 }],
    ['of nothing', 0, 0, { first: 0, last: 0 }],
  ])('draws few rows %s', (_, top, count, want) => expect(rowsInView({ top, height: 900, rowHeight, count })).toEqual(want));
});

describe('filters in the address', () => {
  it('keeps texts and numbers as texts, and nothing else', () => {
    expect(readFilter({ state: 'failed', q: 918400, reason: '', provider: ' ', cursor: 'x', evil: ['a'] })).toEqual({ state: 'failed', q: '918400' });
    expect(readFilter({ state: { a: 1 }, q: null })).toEqual({});
  });
  it('keeps days that are in the calendar', () => {
    expect(readFilter({ user: 'u1', from: '2026-11-20', to: '2026-02-30' })).toEqual({ user: 'u1', from: '2026-11-20' });
    expect(readFilter({ from: 2026, to: 'yesterday' })).toEqual({});
  });
  it('asks the API for whole days, the last one included', () => {
    expect(filterQuery({ state: 'failed', from: '2026-11-20', to: '2026-11-23' })).toEqual({ state: 'failed', from: new Date(2026, 10, 20).toISOString(), to: new Date(2026, 10, 24).toISOString() });
    expect(filterQuery({ q: '7' })).toEqual({ q: '7' });
  });
});

describe('days', () => {
  it.each([['2026-11-23', 1, '2026-11-24'], ['2026-12-31', 1, '2027-01-01'], ['2028-03-01', -1, '2028-02-29'], ['2026-11-23', -30, '2026-10-24']])('%s and %i days', (day, days, want) => expect(dayAfter(day, days)).toBe(want));
  it('is the day here, not in Greenwich', () => expect(dayOf(new Date(2026, 0, 5, 0, 30))).toBe('2026-01-05'));
  it.each([['2026-11-23', true], ['2026-11-31', false], ['2026-1-2', false], ['', false], ['2026-11-23T00:00', false]])('isDay(%j)', (text, want) => expect(isDay(text)).toBe(want));
  it('leaves open what is not given', () => {
    expect(momentsOf({ from: '', to: undefined })).toEqual({});
    expect(Object.keys(momentsOf({ to: '2026-11-23' }))).toEqual(['to']);
  });
});

describe('scheduled jobs', () => {
  const job = (id: string, more: Partial<ScheduledJob> = {}): ScheduledJob => ({ id, provider: 'dialpad', kind: 'backfill', listed: 0, found: 0, progress: 0, last_result: '', failures: 0, created_at: `2026-11-23T10:00:0${id}Z`, ...more });
  const done = { done_at: '2026-11-23T12:00:00Z' };
  const jobs = [job('1', done), job('2', done), job('3', { progress: 0.5 }), job('4', { kind: 'hourly' }), job('5', { provider: 'aircall' })];

  it('counts what stands in the way of enabling', () => expect(remaining(jobs, 'dialpad').map((j) => j.id)).toEqual(['3', '4']));
  it('shows back-fills that go on, and the last that is done', () => expect(shownBackfills(jobs, 'dialpad').map((j) => j.id)).toEqual(['3', '2']));
  it('says how far one is', () => {
    expect(progressOf(job('1', { progress: 0.999, listed: 1234, found: 1 }))).toBe('99 %: 1,234 calls listed, 1 of them new');
    expect(progressOf(job('1', { ...done, listed: 1 }))).toBe('Done: 1 call listed, 0 of them new');
  });
  it('has words for each kind, and for one of a newer server', () => {
    expect(wordsOf(job('1')).name).toBe('Back-fill');
    expect(wordsOf({ kind: 'dreams' as ScheduledJob['kind'] }).name).toBe('Other');
    expect(windowOf(job('1'))).toBe('');
    expect(windowOf({ from: '2026-11-16T15:00:00Z', to: '2026-11-23T15:00:00Z' })).toContain(' – ');
  });
});

describe('problemText', () => {
  it.each([['', ''], ['?problem=sso_no_user', 'You are no user of Earshot yet. Ask an admin to make you one.'], ['?problem=call+us', 'Single sign-on did not succeed. Try again, or sign in with your password.'], ['?problem=toString', 'Single sign-on did not succeed. Try again, or sign in with your password.']])('%s reads %s', (search, want) => expect(problemText(search)).toBe(want));
});
