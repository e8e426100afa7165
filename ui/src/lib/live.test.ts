import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { api } from './api';
import { type Change, type Source, followFeed } from './feed';
import { mergeFirst } from './pages';
import { refreshLists } from './queries';

class FakeSource implements Source {
  closed = false;
  private listeners: Record<string, ((event: Event) => void)[]> = {};
  addEventListener(type: string, listener: (event: Event) => void) { (this.listeners[type] ??= []).push(listener); }
  close() { this.closed = true; }
  emit(type: string, data?: string) { for (const l of this.listeners[type] ?? []) l(new MessageEvent(type, { data })); }
}

describe('followFeed', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  function start() {
    const sources: FakeSource[] = [];
    const told: Change[][] = [];
    const onBack = vi.fn();
    const stop = followFeed({ open: () => { const s = new FakeSource(); sources.push(s); return s; }, onChanges: (c) => told.push(c), onBack });
    const last = () => sources[sources.length - 1] as FakeSource;
    return { sources, told, onBack, stop, last };
  }

  it('tells a burst at once, and ignores what it does not understand', () => {
    const f = start();
    f.last().emit('open');
    f.last().emit('change', '{"topic":"call","id":"1"}');
    f.last().emit('change', 'not json');
    f.last().emit('change', '{"topic":"vc_call","id":"2"}');
    expect(f.told).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(f.told).toEqual([[{ topic: 'call', id: '1' }, { topic: 'vc_call', id: '2' }]]);
    expect(f.onBack).not.toHaveBeenCalled();
  });

  it('connects again ever more slowly, and says when it is back', () => {
    const f = start();
    f.last().emit('open');
    f.last().emit('error');
    expect(f.sources[0]?.closed).toBe(true);
    vi.advanceTimersByTime(999);
    expect(f.sources).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(f.sources).toHaveLength(2);
    f.last().emit('error');
    vi.advanceTimersByTime(1999);
    expect(f.sources).toHaveLength(2);
    vi.advanceTimersByTime(1);
    f.last().emit('open');
    expect(f.onBack).toHaveBeenCalledTimes(1);
    f.last().emit('error');
    vi.advanceTimersByTime(1000);
    expect(f.sources).toHaveLength(4);
  });

  it('stops for good', () => {
    const f = start();
    f.last().emit('change', '{"topic":"call","id":"1"}');
    f.last().emit('error');
    f.stop();
    vi.advanceTimersByTime(120_000);
    expect(f.sources).toHaveLength(1);
    expect(f.told).toEqual([]);
  });
});

describe('mergeFirst', () => {
  const item = (id: string, state = 'a') => ({ id, state });
  it('puts new ones first, replaces known ones in place and keeps cursors', () => {
    const pages = [{ items: [item('3'), item('2')], next: 'x' }, { items: [item('1')], next: 'y' }];
    expect(mergeFirst(pages, [item('4'), item('3', 'b')], [item('1', 'b')])).toEqual([{ items: [item('4'), item('3', 'b'), item('2')], next: 'x' }, { items: [item('1', 'b')], next: 'y' }]);
  });
  it('changes nothing where nothing is new', () => {
    const pages = [{ items: [item('1')] }];
    expect(mergeFirst(pages, [])).toEqual(pages);
    expect(mergeFirst([], [item('1')])).toEqual([]);
  });
});

describe('refreshLists', () => {
  afterEach(() => { vi.restoreAllMocks(); });

  function listOf(pages: number) {
    const client = new QueryClient();
    const queryKey = ['vc-calls', 'list', {}];
    const data = { pages: Array.from({ length: pages }, (_, i) => ({ items: [{ id: `c${i}`, state: 'waiting' }], next: String(i) })), pageParams: Array.from({ length: pages }, (_, i) => String(i)) };
    client.setQueryData(queryKey, data);
    const refetch = vi.fn(() => Promise.resolve(data));
    const unsubscribe = new QueryObserver(client, { queryKey, queryFn: refetch, staleTime: Infinity }).subscribe(() => undefined);
    const GET = vi.spyOn(api, 'GET').mockImplementation(((path: string) => Promise.resolve({
      data: path.endsWith('{id}') ? { id: 'c5', state: 'processed' } : { items: [{ id: 'new', state: 'received' }, { id: 'c0', state: 'waiting' }] }, response: new Response('{}'),
    })) as unknown as typeof api.GET);
    const items = () => client.getQueryData<typeof data>(queryKey)?.pages.flatMap((p) => p.items) ?? [];
    return { client, refetch, GET, items, unsubscribe };
  }

  it('asks for two things, not for a hundred pages, when a long list changes', async () => {
    const list = listOf(100);
    await refreshLists(list.client, 'vc_call', ['c5', 'unseen']);
    expect(list.GET).toHaveBeenCalledTimes(2);
    expect(list.refetch).not.toHaveBeenCalled();
    expect(list.items()).toHaveLength(101);
    expect(list.items()[0]).toEqual({ id: 'new', state: 'received' });
    expect(list.items().find((c) => c.id === 'c5')).toEqual({ id: 'c5', state: 'processed' });
    list.unsubscribe();
  });

  it('asks for a short list as a whole', async () => {
    const list = listOf(2);
    await refreshLists(list.client, 'vc_call', ['c1']);
    expect(list.refetch).toHaveBeenCalledTimes(1);
    list.unsubscribe();
  });

  it('stays within bounds in a great burst', async () => {
    const list = listOf(100);
    await refreshLists(list.client, 'vc_call', Array.from({ length: 90 }, (_, i) => `c${i}`));
    expect(list.GET).toHaveBeenCalledTimes(21);
    expect(list.refetch).not.toHaveBeenCalled();
    list.unsubscribe();
  });

  it('falls back to the whole list when a request fails', async () => {
    const list = listOf(5);
    list.GET.mockImplementation((() => Promise.reject(new TypeError('offline'))) as unknown as typeof api.GET);
    await refreshLists(list.client, 'vc_call', ['c1']);
    expect(list.refetch).toHaveBeenCalledTimes(1);
    list.unsubscribe();
  });
});
