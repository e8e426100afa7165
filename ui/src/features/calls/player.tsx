import { ActionIcon, Box, Card, Group, NativeSelect, Skeleton, Switch, Text, Tooltip, useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import WaveSurfer from 'wavesurfer.js';

import { BackIcon, PauseIcon, PlayIcon } from '../../components/icons';
import type { Call } from '../../lib/api';
import { clock } from '../../lib/format';
import { queries } from '../../lib/queries';
import type { Player } from './use-player';

/** Which speaker is on which channel, from the lines. */
function lanes(call: Call): string[] {
  const names = ['', ''];
  for (const l of call.transcript?.lines ?? []) names[l.channel] ||= l.speaker;
  return names;
}

const variable = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const color = (speaker: string | undefined) => variable(speaker === 'customer' ? '--customer' : '--agent');

function Waveform({ call, player, peaks }: { call: Call; player: Player; peaks: number[][] }) {
  const box = useRef<HTMLDivElement>(null);
  const { audio, seek } = player;
  const duration = call.duration;
  const names = lanes(call).join();
  const scheme = useComputedColorScheme('light'); // colours are painted, so that a change of scheme paints anew
  const seekRef = useRef(seek);
  seekRef.current = seek;
  useEffect(() => {
    if (!box.current || !audio.current) return;
    const shown = peaks.length > 1 && call.transcript?.layout !== 'dual_mono' ? peaks : peaks.slice(0, 1);
    const speakers = names.split(',');
    // Opaque: what is played is painted over it with its transparency.
    const look = (speaker: string | undefined) => ({ waveColor: `color-mix(in srgb, ${color(speaker)} 38%, ${variable('--mantine-color-body')})`, progressColor: color(speaker), height: shown.length > 1 ? 44 : 72 });
    const wave = WaveSurfer.create({
      container: box.current, media: audio.current, peaks: shown.map((p) => p.map((v) => v / 127)), duration, barWidth: 2, barGap: 1, barRadius: 2, cursorColor: 'var(--mantine-color-text)', normalize: true,
      splitChannels: shown.map((_, i) => look(speakers[i])), ...look(speakers[0]),
    });
    wave.on('interaction', (at) => seekRef.current(at, false));
    return () => wave.destroy();
  }, [audio, peaks, duration, names, call.transcript?.layout, scheme]);
  return <div ref={box} aria-hidden data-testid="waveform" />;
}

/** The recording with its waveform: one lane a side. */
export function PlayerBar({ call, player }: { call: Call; player: Player }) {
  const wave = useQuery({ ...queries.waveform(call.id), enabled: !!call.recording });
  const names = lanes(call);
  if (!call.recording) return call.transcript ? <Text size="sm" c="dimmed">The recording is not kept any more: its days of retention are over.</Text> : null;
  return (
    <Card withBorder p="sm" className="player" component="section" aria-label="Recording">
      <audio ref={player.audio} src={call.recording.url} preload="metadata" />
      <Group align="stretch" gap="sm" wrap="nowrap">
        <Box flex={1} miw={0}>
          {wave.data ? <Waveform call={call} player={player} peaks={wave.data.channels} /> : wave.isPending ? <Skeleton h={88} /> : <Text size="sm" c="dimmed" py="lg">The waveform is made when the recording is read.</Text>}
        </Box>
        {call.transcript?.layout === 'stereo' && (
          <Box className="wide" fz="xs" fw={600} style={{ display: 'grid', alignItems: 'center' }}>
            {names.map((n, i) => <span key={i} style={{ color: `var(--${n === 'customer' ? 'customer' : 'agent'})` }}>{n === 'customer' ? 'Customer' : n === 'agent' ? 'Agent' : ''}</span>)}
          </Box>
        )}
      </Group>
      {player.failed && <Text size="sm" role="alert" mt="xs">This browser cannot play the recording ({call.recording.content_type}). <a href={call.recording.url} download>Download it</a> to play it elsewhere.</Text>}
      <Group mt="xs" gap="sm">
        <ActionIcon size="xl" radius="xl" variant="filled" onClick={player.toggle} aria-label={player.playing ? 'Pause' : 'Play'}>{player.playing ? <PauseIcon size={20} /> : <PlayIcon size={20} />}</ActionIcon>
        <Tooltip label="Back 10 seconds"><ActionIcon size="lg" variant="default" onClick={() => player.seek(Math.max(0, player.time - 10), player.playing)} aria-label="Back 10 seconds"><BackIcon /></ActionIcon></Tooltip>
        <input type="range" aria-label="Position" min={0} max={Math.max(1, call.duration)} step={0.1} value={player.time} onChange={(e) => player.seek(Number(e.currentTarget.value), player.playing)} style={{ flex: 1, minWidth: 80, accentColor: 'var(--agent)' }} aria-valuetext={clock(player.time)} />
        <Text size="sm" data-testid="time">{clock(player.time)} / {clock(call.duration)}</Text>
        <NativeSelect size="xs" aria-label="Speed" data={[{ value: '0.75', label: '0.75×' }, { value: '1', label: '1×' }, { value: '1.25', label: '1.25×' }, { value: '1.5', label: '1.5×' }, { value: '2', label: '2×' }]} value={String(player.rate)} onChange={(e) => player.setRate(Number(e.currentTarget.value))} />
        <Switch size="sm" label="Skip silence" checked={player.skipping} onChange={(e) => player.setSkipping(e.currentTarget.checked)} disabled={!call.transcript} />
      </Group>
    </Card>
  );
}
