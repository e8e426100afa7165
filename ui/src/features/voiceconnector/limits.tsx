import { Group, Progress, Stack, Text } from '@mantine/core';

import type { Connector, Pace } from '../../lib/api';
import { many, sentence, span, timeOfDay } from '../../lib/format';
import { Step } from './step';

/** What is used of one of the provider's limits. */
export function inUse(p: Pace, now = Date.now()): string {
  const used = `${p.used.toLocaleString()} of ${many(p.requests, 'request')} in the last ${span(p.per_seconds)}`;
  return p.paused_until && Date.parse(p.paused_until) > now ? `${used}, paused until ${timeOfDay(p.paused_until)}` : used;
}

/** The state of the provider's limits, which are kept by waiting. */
export function LimitsSection({ connector: c }: { connector: Connector }) {
  if (c.paces.length === 0) return null;
  return (
    <Step heading="Provider Limits">
      <Stack gap="xs">
        {c.paces.map((p) => (
          <div key={p.group}>
            <Group justify="space-between" gap={6}><Text size="xs" fw={600}>{sentence(p.group) || 'All requests'}</Text><Text size="xs" c="dimmed">{inUse(p)}</Text></Group>
            <Progress.Root size="xs" radius="xl" mt={2}><Progress.Section value={Math.min(100, (100 * p.used) / p.requests)} color={p.used >= p.requests ? 'orange' : undefined} aria-label={`${sentence(p.group) || 'All requests'} used`} aria-valuetext={inUse(p)} /></Progress.Root>
          </div>
        ))}
        <Text size="xs" c="dimmed">Earshot waits by itself before a limit is passed; no call is lost by waiting.</Text>
      </Stack>
    </Step>
  );
}
