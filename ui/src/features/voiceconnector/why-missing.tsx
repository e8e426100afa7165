import { Anchor, Box, Button, Card, Group, NativeSelect, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { components } from '../../api/schema';
import { Failure, Loaded, StateBadge } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { sentence } from '../../lib/format';
import { useProviderName } from '../../lib/providers';
import { queries } from '../../lib/queries';
import { type Known, question } from './checks';
import { MendLink } from './mend-link';
import { Step } from './step';

type Finding = components['schemas']['Finding'];

const nothing: Known = { provider: '', id: '', number: '', at: '', minutes: '60' };
const windows = [{ value: '15', label: '15 minutes' }, { value: '60', label: '1 hour' }, { value: '360', label: '6 hours' }, { value: '1440', label: '1 day' }];

function FindingItem({ finding: f }: { finding: Finding }) {
  return (
    <Card withBorder component="li" padding="sm">
      <Title order={3} size="h5">{f.title}</Title>
      <Text size="sm" mt={4}>{f.text}</Text>
      {f.evidence.length > 0 && <Box component="ul" my={6} pl="lg">{f.evidence.map((e, i) => <li key={i}><Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{sentence(e)}</Text></li>)}</Box>}
      {f.fix && <Text size="sm"><Text span fw={600}>What to do: </Text>{f.fix}</Text>}
      <Group gap="md" mt={4}>
        {f.vc_call_id && <Anchor component={Link} to={`/voice-connector/vc-calls/${f.vc_call_id}`} size="sm" fw={600}>Open the VC Call</Anchor>}
        {f.call_id && <Anchor component={Link} to={`/calls/${f.call_id}`} size="sm" fw={600}>Open the call</Anchor>}
        {!(f.vc_call_id && f.page === '/voice-connector/vc-calls') && <MendLink to={f.page} />}
      </Group>
    </Card>
  );
}

/** Offers to ask a provider for the call. */
function FetchButton({ provider, id, done }: { provider: string; id: string; done: () => void }) {
  const name = useProviderName()(provider);
  const fetchCall = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/calls', { params: { path: { provider } }, body: { provider_call_id: id } })), onSuccess: done });
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Button variant="default" loading={fetchCall.isPending} onClick={() => fetchCall.mutate()}>Ask {name} for call {id}</Button>
        {fetchCall.data && <Group gap="sm" role="status"><Text size="sm">It came.</Text><StateBadge state={fetchCall.data.state} reason={fetchCall.data.reason_title} /></Group>}
      </Group>
      {fetchCall.error && <Failure error={fetchCall.error} />}
    </Stack>
  );
}

function Answer({ asked }: { asked: Known }) {
  const query = { ...question(asked) };
  const answer = useQuery({ queryKey: ['why-missing', query], queryFn: () => unwrap(api.GET('/api/v1/why-missing', { params: { query } })), gcTime: 0, staleTime: 0 });
  return (
    <Box mt="md" aria-live="polite">
      <Loaded query={answer} rows={2}>
        {(data) => (
          <Stack gap="sm">
            {data.findings.length === 0 && <Text size="sm">Nothing stands in the way of such a call.</Text>}
            <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>{data.findings.map((f, i) => <FindingItem key={i} finding={f} />)}</Stack>
            {data.fetch.map((p) => <FetchButton key={p} provider={p} id={asked.id.trim()} done={() => void answer.refetch()} />)}
          </Stack>
        )}
      </Loaded>
    </Box>
  );
}

/** Asks about one call and shows the answer with its evidence. */
export function WhyMissingSection() {
  const [known, setKnown] = useState(nothing);
  const [asked, setAsked] = useState<Known>();
  const connectors = useQuery(queries.connectors());
  const set = (change: Partial<Known>) => setKnown((k) => ({ ...k, ...change }));
  const providers = [{ value: '', label: 'Any provider' }, ...(connectors.data?.items ?? []).map((c) => ({ value: c.provider, label: c.name }))];
  return (
    <Step heading="Why is this call missing?">
      <form onSubmit={(e) => { e.preventDefault(); setAsked(known); }}>
        <Text size="sm" c="dimmed" mb="sm">One thing that you know of the call is enough; more makes the answer sharper.</Text>
        <SimpleGrid cols={{ base: 1, xs: 2, lg: 5 }} spacing="sm">
          <NativeSelect label="Provider" data={providers} value={known.provider} onChange={(e) => set({ provider: e.currentTarget.value })} />
          <TextInput label="Provider call id" maxLength={200} value={known.id} onChange={(e) => set({ id: e.currentTarget.value })} />
          <TextInput label="Phone number" type="tel" maxLength={40} value={known.number} onChange={(e) => set({ number: e.currentTarget.value })} />
          <TextInput label="It began about" type="datetime-local" value={known.at} onChange={(e) => set({ at: e.currentTarget.value })} />
          <NativeSelect label="Give or take" data={windows} value={known.minutes} disabled={!known.at} onChange={(e) => set({ minutes: e.currentTarget.value })} />
        </SimpleGrid>
        <Group mt="sm" gap="sm">
          <Button type="submit" disabled={!question(known)}>Find out</Button>
          {asked && <Button variant="default" onClick={() => { setKnown(nothing); setAsked(undefined); }}>Clear</Button>}
        </Group>
      </form>
      {asked && <Answer key={JSON.stringify(asked)} asked={asked} />}
    </Step>
  );
}
