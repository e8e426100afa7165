import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { calls } from '../../../mock/calls';
import type { Call, Transcript } from '../../lib/api';
import { day } from '../../lib/format';
import { InsightsPanel } from './insights';
import { TranscriptPanel } from './transcript';

const call = calls[0] as Call;
const transcript = call.transcript as Transcript;
const mount = (ui: ReactNode) => {
  const wrap = (node: ReactNode) => <MantineProvider env="test">{node}</MantineProvider>;
  const view = render(wrap(ui));
  return { ...view, update: (node: ReactNode) => view.rerender(wrap(node)) };
};
const lines = () => [...document.querySelectorAll<HTMLElement>('.line')];
const current = () => lines().findIndex((l) => l.getAttribute('aria-current') === 'true');
const start = (i: number) => transcript.lines[i]?.start ?? 0;

afterEach(() => { cleanup(); vi.restoreAllMocks(); });

describe('TranscriptPanel', () => {
  it('seeks by click, Enter and space', async () => {
    const onSeek = vi.fn();
    mount(<TranscriptPanel transcript={transcript} time={0} jumps={0} onSeek={onSeek} />);
    await userEvent.click(lines()[3] as HTMLElement);
    lines()[4]?.focus();
    await userEvent.keyboard('{Enter}');
    await userEvent.tab();
    await userEvent.keyboard(' ');
    expect(onSeek.mock.calls.map(([t]) => t as number)).toEqual([start(3), start(4), start(5)]);
  });

  it('marks lines that are hard to hear, for eyes and for screen readers', () => {
    const doubtful = { ...transcript, lines: transcript.lines.map((l, i) => ({ ...l, confidence: i === 1 ? 0.3 : 0.9 })) };
    mount(<TranscriptPanel transcript={doubtful} time={0} jumps={0} onSeek={vi.fn()} />);
    expect(lines().map((l) => l.textContent?.includes('hard to hear'))).toEqual(lines().map((_, i) => i === 1));
    expect(screen.getByText('Dotted')).toBeTruthy();
  });

  it('marks the line that is spoken', () => {
    const { update } = mount(<TranscriptPanel transcript={transcript} time={0} jumps={0} onSeek={vi.fn()} />);
    expect(current()).toBe(-1);
    update(<TranscriptPanel transcript={transcript} time={start(2) + 0.5} jumps={0} onSeek={vi.fn()} />);
    expect(current()).toBe(2);
  });

  it('follows until the reader scrolls, and again after a jump or on request', async () => {
    vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockReturnValue(2000);
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400);
    const scroll = vi.spyOn(HTMLElement.prototype, 'scrollTo');
    const at = (i: number, jumps: number) => <TranscriptPanel transcript={transcript} time={start(i)} jumps={jumps} onSeek={vi.fn()} />;
    const { update } = mount(at(1, 0));
    expect(scroll).toHaveBeenCalledTimes(1);

    const region = screen.getByRole('region', { name: 'Lines of the transcript' });
    region.focus();
    await userEvent.keyboard('{PageDown}');
    update(at(2, 0));
    expect(scroll).toHaveBeenCalledTimes(1);

    await userEvent.click(screen.getByRole('button', { name: 'Follow along' }));
    expect(scroll).toHaveBeenCalledTimes(2);
    expect(screen.queryByRole('button', { name: 'Follow along' })).toBeNull();

    region.focus();
    await userEvent.keyboard('{PageUp}');
    update(at(5, 1));
    expect(scroll).toHaveBeenCalledTimes(3);
  });

  it('finds text, counts the lines and goes from hit to hit', async () => {
    const scroll = vi.spyOn(HTMLElement.prototype, 'scrollTo');
    mount(<TranscriptPanel transcript={transcript} time={0} jumps={0} onSeek={vi.fn()} />);
    await userEvent.type(screen.getByRole('searchbox'), 'INVOICE');
    expect(document.querySelectorAll('mark')).toHaveLength(3);
    expect(screen.getByText('3')).toBeDefined();
    await userEvent.keyboard('{Enter}{Enter}');
    expect(scroll).toHaveBeenCalledTimes(2);
  });

  it('says what it does not know', () => {
    const mono: Transcript = { ...transcript, layout: 'mono', lines: transcript.lines.map((l) => ({ ...l, speaker: 'speaker_1' })) };
    const { update } = mount(<TranscriptPanel transcript={mono} time={0} jumps={0} onSeek={vi.fn()} />);
    expect(screen.getByText(/not told apart/)).toBeDefined();
    update(<TranscriptPanel transcript={{ ...mono, lines: mono.lines.map((l, i) => ({ ...l, speaker: `speaker_${1 + (i % 2)}` })) }} time={0} jumps={0} onSeek={vi.fn()} />);
    expect(screen.getByText(/told apart by their voices/)).toBeDefined();
    update(<TranscriptPanel transcript={{ ...mono, lines: [] }} time={0} jumps={0} onSeek={vi.fn()} />);
    expect(screen.getByText('Nobody speaks in this recording.')).toBeDefined();
  });
});

describe('InsightsPanel, with more found', () => {
  it('says why they called and what they agreed on, each leading to its line', async () => {
    const onSeek = vi.fn();
    const insights = { ...call.insights, call_reason: { text: 'The heating fails.', speaker: 'customer', rule: 'r', lines: [transcript.lines[2]?.id ?? 0] }, points: [{ kind: 'disputed', text: 'That is too much.', speaker: 'customer', rule: 'r', lines: [transcript.lines[3]?.id ?? 0] }] };
    mount(<InsightsPanel call={{ ...call, insights } as Call} onSeek={onSeek} />);
    await userEvent.click(screen.getByRole('button', { name: 'The heating fails.' }));
    await userEvent.click(within(screen.getByRole('region', { name: 'Agreed and disputed' })).getByRole('button', { name: 'That is too much.' }));
    expect(onSeek.mock.calls.map(([t]) => t as number)).toEqual([start(2), start(3)]);
    expect(screen.getByText('Disputed')).toBeTruthy();
  });
});

describe('InsightsPanel', () => {
  it('leads from each kind of insight to its line', async () => {
    const onSeek = vi.fn();
    mount(<InsightsPanel call={call} onSeek={onSeek} />);
    const inside = (name: string) => within(screen.getByRole('region', { name }));
    await userEvent.click(inside('Next steps').getByRole('button', { name: /new invoice$/ }));
    await userEvent.click(inside('Key moments').getByRole('button', { name: /Staplemart/ }));
    await userEvent.click(inside('Questions').getByRole('button', { name: /close today/ }));
    await userEvent.click(inside('Mentions').getByRole('button', { name: /too expensive/ }));
    expect(onSeek.mock.calls.map(([t]) => t as number)).toEqual([start(4), start(5), start(11), start(3)]);
  });

  it('tells an unanswered question and who owns a step', () => {
    mount(<InsightsPanel call={call} onSeek={vi.fn()} />);
    expect(screen.getAllByText('not answered')).toHaveLength(1);
    const owners = screen.getAllByTestId('next-step').map((s) => s.textContent);
    expect(owners[0]).toContain(call.user);
    expect(owners[0]).toContain(day('2026-11-27'));
    expect(owners[3]).toContain('Customer');
  });

  it('shows nothing before there are insights', () => {
    mount(<InsightsPanel call={calls[11] as Call} onSeek={vi.fn()} />);
    expect(screen.queryByRole('region')).toBeNull();
  });
});
