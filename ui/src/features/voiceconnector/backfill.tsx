import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import type { Connector } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { dayAfter, dayOf, startOfDay } from '../../lib/days';
import { sentence } from '../../lib/format';
import { shownBackfills, windowOf } from '../../lib/jobs';
import { queries, queryClient } from '../../lib/queries';
import { path } from './data';
import { JobProgress, JobsLink } from './jobs';
import { Step } from './step';

/** Ranges that are asked for most, in days up to now. */
const presets = [1, 7, 30];

/** Back-fill: the calls of a range of days, with how far each has come. */
export function BackfillSection({ connector: c }: { connector: Connector }) {
  const today = dayOf(new Date());
  const [days, setDays] = useState({ from: dayAfter(today, -7), to: today });
  const jobs = useQuery(queries.scheduledJobs());
  const start = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/backfill', { ...path(c), body: { from: startOfDay(days.from), to: startOfDay(dayAfter(days.to)) } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['scheduled-jobs'] }),
  });
  const shown = shownBackfills(jobs.data?.items ?? [], c.provider);
  return (
    <Step heading="Back-fill">
      <form onSubmit={(e) => { e.preventDefault(); start.mutate(); }}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">Processes the calls that were made on these days. Calls that are here already stay as they are; new calls always go first.</Text>
          <Group gap="xs">
            {presets.map((n) => <Button key={n} size="xs" variant="default" aria-pressed={days.to === today && days.from === dayAfter(today, -n)} onClick={() => setDays({ from: dayAfter(today, -n), to: today })}>{n === 1 ? 'Last day' : `Last ${n} days`}</Button>)}
          </Group>
          <Group gap="sm" grow>
            <TextInput type="date" label="From" required max={days.to || today} value={days.from} onChange={(e) => { const from = e.currentTarget.value; setDays((d) => ({ ...d, from })); }} />
            <TextInput type="date" label="To" required min={days.from} max={today} value={days.to} onChange={(e) => { const to = e.currentTarget.value; setDays((d) => ({ ...d, to })); }} />
          </Group>
          <Group><Button type="submit" variant="default" disabled={!c.on} loading={start.isPending}>Process these calls</Button>{!c.on && <Text size="sm" c="dimmed">Possible once the connector is on.</Text>}</Group>
          {start.error && <Failure error={start.error} />}
          {shown.map((j) => <div key={j.id}><Text size="sm">{windowOf(j)}</Text><JobProgress job={j} />{j.failures > 0 && <Text size="xs">{sentence(j.last_result)}</Text>}</div>)}
          {shown.length > 0 && <JobsLink />}
        </Stack>
      </form>
    </Step>
  );
}
