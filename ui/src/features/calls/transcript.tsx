import { Card, Group, Text, TextInput, Title, UnstyledButton } from '@mantine/core';
import { memo, useEffect, useRef, useState } from 'react';

import type { Line, Transcript } from '../../lib/api';
import { clock, speakerName } from '../../lib/format';
import { hits, lineAt } from '../../lib/transcript';

/** How long after the reader scrolled the transcript leaves them alone. */
const LEAVE_ALONE_MS = 6_000;

const OneLine = memo(function OneLine({ line, current, search, onSeek }: { line: Line; current: boolean; search: string; onSeek: (seconds: number) => void }) {
  return (
    <UnstyledButton className="line" data-line={line.id} data-speaker={line.speaker} data-current={current} aria-current={current || undefined} onClick={() => onSeek(line.start)}>
      <span className="time">{clock(line.start)}</span>
      <span className="who">{speakerName(line.speaker)}</span>
      <span className="text">{hits(line.text, search).map((p, i) => (p.hit ? <mark key={i}>{p.text}</mark> : p.text))}</span>
    </UnstyledButton>
  );
});

/** The lines of a call: the current one is marked and followed, a click seeks. */
export function TranscriptPanel({ transcript, time, playing, onSeek }: { transcript: Transcript; time: number; playing: boolean; onSeek: (seconds: number) => void }) {
  const [search, setSearch] = useState('');
  const scrolled = useRef(0);
  const box = useRef<HTMLDivElement>(null);
  const current = lineAt(transcript.lines, time);
  const currentId = transcript.lines[current]?.id;
  const found = search.trim() ? transcript.lines.filter((l) => l.text.toLowerCase().includes(search.trim().toLowerCase())).length : 0;
  const seek = useRef(onSeek);
  seek.current = onSeek;
  const onLine = useRef((seconds: number) => seek.current(seconds)).current;

  useEffect(() => {
    if (!playing || currentId === undefined || Date.now() - scrolled.current < LEAVE_ALONE_MS) return;
    const line = box.current?.querySelector<HTMLElement>(`[data-line="${currentId}"]`);
    if (line && box.current) box.current.scrollTo({ top: line.offsetTop - box.current.clientHeight / 2, behavior: 'smooth' });
  }, [currentId, playing]);

  const leave = () => { scrolled.current = Date.now(); };
  return (
    <Card withBorder p="sm">
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={2} size="h4">Transcript</Title>
        <TextInput type="search" size="xs" aria-label="Search in the transcript" placeholder="Search" value={search} onChange={(e) => setSearch(e.currentTarget.value)} rightSection={search.trim() ? <Text size="xs" aria-live="polite">{found}</Text> : undefined} />
      </Group>
      {transcript.layout !== 'stereo' && <Text size="sm" c="dimmed" mb="xs">{transcript.layout === 'dual_mono' ? 'Both channels of this recording hold the same mixture of voices' : 'All voices of this recording are in one channel'}, so they are not told apart.</Text>}
      {transcript.lines.length === 0 && <Text c="dimmed" py="lg" ta="center">Nobody speaks in this recording.</Text>}
      <div ref={box} onWheel={leave} onTouchMove={leave} style={{ maxHeight: '62vh', overflowY: 'auto', position: 'relative' }} tabIndex={0} role="region" aria-label="Lines of the transcript">
        {transcript.lines.map((l, i) => <OneLine key={l.id} line={l} current={i === current} search={search} onSeek={onLine} />)}
      </div>
    </Card>
  );
}
