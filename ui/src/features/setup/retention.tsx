import { Button, Card, Group, NumberInput, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Failure } from '../../components/states';
import { type GeneralSettings as Settings, api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';

type Days = Pick<Settings, 'recording_days' | 'call_days' | 'vc_call_days'>;

const KINDS: { key: keyof Days; label: string; help: string }[] = [
  { key: 'recording_days', label: 'Recordings', help: 'Removed so many days after their call. Transcript and insights stay.' },
  { key: 'call_days', label: 'Calls', help: 'Removed with recording, transcript and insights.' },
  { key: 'vc_call_days', label: 'VC Calls without a call', help: 'Removed with their log, so many days after they came in; 30 or more.' },
];

/** Whether days let more go than those before did. */
const shorter = (now: Days, before: Days) => KINDS.some(({ key }) => (now[key] ?? 0) > 0 && ((before[key] ?? 0) === 0 || (now[key] ?? 0) < (before[key] ?? 0)));

/** For how long each kind of data is kept. */
export function Retention({ settings }: { settings: Settings }) {
  const [days, setDays] = useState<Days>(settings);
  const [asking, setAsking] = useState(false);
  const save = useMutation({
    mutationFn: () => unwrap(api.PUT('/api/v1/settings/general', { body: { ...settings, ...days } })),
    onSuccess: (data) => queryClient.setQueryData(queries.settings().queryKey, data),
    onSettled: () => setAsking(false),
  });
  const changed = KINDS.some(({ key }) => (days[key] ?? 0) !== (settings[key] ?? 0));
  return (
    <Card withBorder component="section" aria-label="Retention">
      <Title order={2} size="h4" mb="sm">Retention</Title>
      <form onSubmit={(e) => { e.preventDefault(); if (shorter(days, settings)) setAsking(true); else save.mutate(); }}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">Days for which each kind of data is kept. 0: for ever.</Text>
          {KINDS.map(({ key, label, help }) => <NumberInput key={key} label={label} description={help} maw={420} min={0} max={36_500} suffix=" days" value={days[key] ?? 0} onChange={(v) => setDays({ ...days, [key]: parseInt(String(v), 10) || 0 })} />)}
          <Group><Button type="submit" variant="default" disabled={!changed} loading={save.isPending}>Save retention</Button>{save.isSuccess && !changed && <Text size="sm" role="status">Saved.</Text>}</Group>
          {save.error && <Failure error={save.error} />}
        </Stack>
      </form>
      <Dialog opened={asking} onClose={() => setAsking(false)} title="Remove what is older?">
        <Stack>
          <Text size="sm">What is older than this begins to be removed within a minute, for good. Nothing brings it back but the provider, as long as it has it.</Text>
          <Group justify="flex-end"><Button variant="default" data-autofocus onClick={() => setAsking(false)}>Cancel</Button><Button color="red" loading={save.isPending} onClick={() => save.mutate()}>Remove it</Button></Group>
        </Stack>
      </Dialog>
    </Card>
  );
}
