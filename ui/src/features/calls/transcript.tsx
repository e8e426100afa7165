import { Button, Card, Group, Text, TextInput, Title, UnstyledButton } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { DownIcon } from '../../components/icons';
import type { Line, Transcript } from '../../lib/api';
import { clock, speakerName } from '../../lib/format';
import { hits, lineAt } from '../../lib/transcript';
import { CorrectLine } from './correct-line';
import { Speakers } from './speakers';

/** Keys that scroll what has the focus. */
const SCROLL_KEYS = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End']);

/** Below this confidence about half of a line's words are right, or fewer: docs/metrics.md. */
const UNCLEAR = 0.5;
const unclear = (l: Line) => l.confidence !== undefined && l.confidence < UNCLEAR;

const OneLine = memo(function OneLine({ line, names, current, search, onSeek }: { line: Line; names?: Record<string, string>; current: boolean; search: string; onSeek: (seconds: number) => void }) {
  return (
    <UnstyledButton className="line" data-line={line.id} data-speaker={line.speaker} data-current={current} aria-current={current || undefined} onClick={() => onSeek(line.start)}>
      <span className="time">{clock(line.start)}</span>
      <span className="who">{speakerName(line.speaker, names)}</span>
      <span className="text" data-unclear={unclear(line) || undefined} title={unclear(line) ? 'Hard to hear: words may be wrong' : undefined}>
        {hits(line.text, search).map((p, i) => (p.hit ? <mark key={i}>{p.text}</mark> : p.text))}
        {unclear(line) && <span className="visually-hidden"> (hard to hear)</span>}
        {line.corrected && <span className="corrected" title="A person wrote this line"> (corrected)</span>}
      </span>
    </UnstyledButton>
  );
});

/** What a recording without a side a channel means for its lines. */
function mixed({ layout, lines }: Transcript): string {
  const together = layout === 'dual_mono' ? 'Both channels of this recording hold the same mixture of voices' : 'All voices of this recording are in one channel';
  return new Set(lines.map((l) => l.speaker)).size > 1 ? `${together}; speakers are told apart by their voices.` : `${together}, so they are not told apart.`;
}

type Props = {
  transcript: Transcript;
  /** Whose lines can be corrected; without it they cannot. */
  callId?: string;
  /** Seconds from the start of the recording. */
  time: number;
  /** How often somebody chose another time: the transcript shows that place. */
  jumps: number;
  onSeek: (seconds: number) => void;
};

/** The lines of a call: the current one is marked and followed until the reader scrolls, a click seeks. */
export function TranscriptPanel({ transcript, callId, time, jumps, onSeek }: Props) {
  const [correcting, setCorrecting] = useState(false);
  const [edited, setEdited] = useState<Line | undefined>();
  const [search, setSearch] = useState('');
  const [leftAt, setLeftAt] = useState(-1);
  const following = leftAt !== jumps;
  const lastHit = useRef(-1);
  const box = useRef<HTMLDivElement>(null);
  const still = useReducedMotion();
  const { lines } = transcript;
  const currentIndex = lineAt(lines, time);
  const currentId = lines[currentIndex]?.id;
  const needle = search.trim().toLowerCase();
  const found = useMemo(() => (needle ? lines.flatMap((l, i) => (l.text.toLowerCase().includes(needle) ? [i] : [])) : []), [lines, needle]);
  const seek = useRef(onSeek);
  seek.current = onSeek;
  const onLine = useRef((seconds: number) => seek.current(seconds)).current;

  const show = useCallback((id: number) => {
    const line = box.current?.querySelector<HTMLElement>(`[data-line="${id}"]`);
    if (line && box.current) box.current.scrollTo({ top: line.offsetTop - box.current.clientHeight / 2, behavior: still ? 'auto' : 'smooth' });
  }, [still]);
  useEffect(() => { if (following && currentId !== undefined) show(currentId); }, [following, currentId, jumps, show]);

  const leave = () => { if (box.current && box.current.scrollHeight > box.current.clientHeight) setLeftAt(jumps); };
  const nextHit = () => {
    const next = found.find((i) => i > lastHit.current) ?? found[0];
    const line = next === undefined ? undefined : lines[next];
    if (next === undefined || !line) return;
    lastHit.current = next;
    leave();
    show(line.id);
  };
  return (
    <Card withBorder p="sm">
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={2} size="h4">Transcript</Title>
        {callId && lines.length > 0 && (
          <Group gap="xs" ml="auto">
            <Speakers callId={callId} transcript={transcript} />
            <Button size="xs" variant={correcting ? 'filled' : 'default'} aria-pressed={correcting} onClick={() => { setCorrecting(!correcting); setEdited(undefined); }}>Correct</Button>
          </Group>
        )}
        <TextInput type="search" size="xs" aria-label="Search in the transcript" placeholder="Search" value={search} onChange={(e) => { setSearch(e.currentTarget.value); lastHit.current = -1; }} onKeyDown={(e) => { if (e.key === 'Enter') nextHit(); }} rightSection={<Text size="xs" aria-live="polite">{needle && found.length}</Text>} />
      </Group>
      {transcript.layout !== 'stereo' && lines.length > 0 && <Text size="sm" c="dimmed" mb="xs">{mixed(transcript)}</Text>}
      {lines.some(unclear) && <Text size="sm" c="dimmed" mb="xs"><span data-unclear>Dotted</span>: hard to hear, words may be wrong.</Text>}
      {correcting && <Text size="sm" mb="xs" role="status">Choose a line to correct it. Corrections stay when the call is transcribed again.</Text>}
      {lines.length === 0 && <Text c="dimmed" py="lg" ta="center">Nobody speaks in this recording.</Text>}
      <div ref={box} onWheel={leave} onTouchMove={leave} onKeyDown={(e) => { if (SCROLL_KEYS.has(e.key)) leave(); }} onPointerDown={(e) => { if (e.target === e.currentTarget) leave(); }} style={{ maxHeight: '62vh', overflowY: 'auto', position: 'relative' }} tabIndex={0} role="region" aria-label="Lines of the transcript">
        {lines.map((l, i) => (callId && edited?.id === l.id
          ? <CorrectLine key={l.id} callId={callId} line={l} transcript={transcript} onDone={() => setEdited(undefined)} />
          : <OneLine key={l.id} line={l} {...(transcript.names && { names: transcript.names })} current={i === currentIndex} search={needle} onSeek={correcting ? () => { leave(); setEdited(l); } : onLine} />))}
      </div>
      {!following && currentId !== undefined && <Group justify="center" mt="xs"><Button size="xs" variant="default" leftSection={<DownIcon size={14} />} onClick={() => setLeftAt(-1)}>Follow along</Button></Group>}
    </Card>
  );
}
