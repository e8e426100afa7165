import { Button, Card, Group, NativeSelect, Progress, Radio, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { Empty, Failure, Loaded, PageTitle } from '../../components/states';
import { type Reanalysis, api, unwrap } from '../../lib/api';
import { dayOf, momentsOf } from '../../lib/days';
import { many, when } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';
import { QuickFind } from './quick-find';

const refresh = () => queryClient.invalidateQueries({ queryKey: ['reanalyses'] });

const stages = [
  { value: 'analyze', label: 'Find insights again', description: 'Questions, next steps, mentions and metrics, from the transcripts as they are. Takes moments a call.' },
  { value: 'transcribe', label: 'Transcribe again', description: 'With the engine and language as they are set now, then find insights. What people corrected stays.' },
] as const;

type Choice = { stage: 'analyze' | 'transcribe'; provider: string; user: string; from: string; to: string };

/** What is analysed again, by whom it was asked for, and how far it is. */
function Row({ r, users }: { r: Reanalysis; users: Map<string, string> }) {
  const stop = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/reanalyses/{id}/stop', { params: { path: { id: r.id } } })), onSettled: refresh });
  const done = r.processed + r.failed;
  const share = r.total > 0 ? Math.min(100, Math.round((100 * done) / r.total)) : 100;
  const what = [r.call_id && 'one call', r.provider && `of ${r.provider}`, r.user && `of ${users.get(r.user) ?? 'a user who is gone'}`, r.from && `from ${when(r.from)}`, r.to && `before ${when(r.to)}`].filter(Boolean).join(', ') || 'all calls';
  const status = r.open ? `${done.toLocaleString()} of ${many(r.total, 'call')} done` : r.stopped ? `Stopped after ${many(done, 'call')}` : `Done: ${many(r.processed, 'call')}`;
  return (
    <Card withBorder component="li" aria-label={`${r.stage === 'transcribe' ? 'Transcribed' : 'Analysed'} again: ${what}`}>
      <Group justify="space-between" gap="xs">
        <div>
          <Text fw={600}>{r.stage === 'transcribe' ? 'Transcribe again' : 'Find insights again'}: {what}</Text>
          <Text size="sm" c="dimmed">{r.created_by}, {when(r.created_at)}</Text>
        </div>
        {r.open && !r.stopped && <Button size="xs" variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>Stop</Button>}
      </Group>
      <Progress value={share} mt="xs" aria-label={`${share} % done`} />
      <Text size="sm" mt={4} role="status">{status}{r.failed > 0 && `, ${r.failed.toLocaleString()} of them not processed: see VC Calls`}{r.stopped && r.open && ', those that were begun are finished'}</Text>
      {stop.error && <Failure error={stop.error} />}
    </Card>
  );
}

/** Setup > Re-analysis: old calls by the settings of today (BT-1). */
export function ReanalysisPage() {
  const today = dayOf(new Date());
  const [choice, setChoice] = useState<Choice>({ stage: 'analyze', provider: '', user: '', from: '', to: '' });
  const set = (more: Partial<Choice>) => setChoice((c) => ({ ...c, ...more }));
  const all = useQuery(queries.reanalyses());
  const users = useQuery(queries.users());
  const connectors = useQuery(queries.connectors());
  const start = useMutation({
    mutationFn: ({ stage, provider, user, ...days }: Choice) => unwrap(api.POST('/api/v1/reanalyses', { body: { stage, ...(provider && { provider }), ...(user && { user }), ...momentsOf(days) } })),
    onSuccess: refresh,
  });
  return (
    <>
      <PageTitle>Re-analysis</PageTitle>
      <QuickFind />
      <Stack>
        <Card withBorder component="section" aria-label="Analyse calls again">
          <form onSubmit={(e) => { e.preventDefault(); start.mutate(choice); }}>
            <Stack gap="md">
              <Radio.Group label="What" value={choice.stage} onChange={(stage) => set({ stage: stage as Choice['stage'] })}>
                <Stack gap="xs" mt="xs">{stages.map((s) => <Radio key={s.value} value={s.value} label={s.label} description={s.description} />)}</Stack>
              </Radio.Group>
              <Group gap="sm" align="end">
                <NativeSelect label="Provider" value={choice.provider} onChange={(e) => set({ provider: e.currentTarget.value })} data={[{ value: '', label: 'All' }, ...(connectors.data?.items ?? []).map((c) => ({ value: c.provider, label: c.name }))]} />
                <NativeSelect label="User" value={choice.user} onChange={(e) => set({ user: e.currentTarget.value })} data={[{ value: '', label: 'All' }, ...(users.data?.items ?? []).map((u) => ({ value: u.id, label: u.name }))]} />
                <TextInput type="date" label="First day" max={choice.to || today} value={choice.from} onChange={(e) => set({ from: e.currentTarget.value })} />
                <TextInput type="date" label="Last day" min={choice.from} max={today} value={choice.to} onChange={(e) => set({ to: e.currentTarget.value })} />
              </Group>
              <Group><Button type="submit" loading={start.isPending}>Start</Button><Text size="sm" c="dimmed">New calls always go first. A transcript stays until the new one is there.</Text></Group>
              {start.error && <Failure error={start.error} />}
            </Stack>
          </form>
        </Card>
        <Title order={2} size="h4">Started</Title>
        <Loaded query={all} rows={2}>
          {(data) => (data.items.length === 0
            ? <Empty title="Nothing was analysed again">After you change the engine, the language or insight types, start here what older calls should get of it.</Empty>
            : <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>{data.items.map((r) => <Row key={r.id} r={r} users={new Map((users.data?.items ?? []).map((u) => [u.id, u.name]))} />)}</Stack>)}
        </Loaded>
      </Stack>
    </>
  );
}
