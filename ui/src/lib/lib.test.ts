import { describe, expect, it } from 'vitest';

import { readFilter } from './filter';
import { clock, pastedNumbers, phone, title } from './format';
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
});
