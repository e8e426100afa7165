import { Card, Checkbox, Group, NativeSelect, Stack, Table, Text, Title } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { LongBody, More, ROW_HEIGHT } from '../../components/rows';
import { Empty, Loaded, PageTitle, StateBadge } from '../../components/states';
import type { VCCall } from '../../lib/api';
import { readFilter } from '../../lib/filter';
import { phone, title, when } from '../../lib/format';
import { type VCCallFilter, queries } from '../../lib/queries';
import { states } from './data';
import { DayInput } from './day-input';
import { FetchCallForm } from './fetch-call';
import { RetryAll } from './retry-all';
import { RetryChosen } from './retry-chosen';
import { Tabs } from './tabs';

function Row({ call: c, chosen, choose }: { call: VCCall; chosen: boolean; choose: (on: boolean) => void }) {
  const parties = [phone(c.from), phone(c.to)].filter(Boolean).join(' → ');
  return (
    <Table.Tr h={ROW_HEIGHT}>
      <Table.Td w={40}>{c.state !== 'processed' && <Checkbox aria-label={`Select call ${c.provider_call_id}`} checked={chosen} onChange={(e) => choose(e.currentTarget.checked)} />}</Table.Td>
      <Table.Td className="cell">
        <Link to="/voice-connector/vc-calls/$id" params={{ id: c.id }} className="truncate" style={{ fontWeight: 600, display: 'block' }} title={c.provider_call_id}>{c.provider_call_id}</Link>
        <Text size="xs" c="dimmed" className="truncate" title={parties}>{parties}</Text>
      </Table.Td>
      <Table.Td className="cell"><StateBadge state={c.state} reason={c.reason_title} /></Table.Td>
      <Table.Td className="wide truncate">{when(c.started_at)}</Table.Td>
    </Table.Tr>
  );
}

/** Calls of a user in a range of days, with what became of each; any of them may be retried. */
function CallsOfUser() {
  const users = useQuery(queries.users());
  const [filter, setFilter] = useState<VCCallFilter>({});
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const set = (change: VCCallFilter) => { setFilter(readFilter({ ...filter, ...change })); setChosen(new Set()); };
  const choose = (id: string, on: boolean) => setChosen((now) => { const next = new Set(now); if (on) next.add(id); else next.delete(id); return next; });
  const query = useInfiniteQuery({ ...queries.vcCalls(filter), placeholderData: keepPreviousData });
  const calls = query.data?.pages.flatMap((p) => p.items) ?? [];
  const open = calls.filter((c) => c.state !== 'processed');
  return (
    <Stack component="section" aria-label="Calls of a user">
      <Title order={2} size="h4">Calls of a user</Title>
      <Group gap="sm" className="filters" align="end">
        <NativeSelect label="User" maw={260} value={filter.user ?? ''} onChange={(e) => set({ user: e.currentTarget.value })} data={[{ value: '', label: 'All users' }, ...(users.data?.items ?? []).map((u) => ({ value: u.id, label: u.name }))]} />
        <NativeSelect label="State" value={filter.state ?? ''} onChange={(e) => set({ state: e.currentTarget.value })} data={[{ value: '', label: 'All states' }, ...states.map((s) => ({ value: s, label: title(s) }))]} />
        <Group gap="sm" className="filters days">
          <DayInput word="From" label="Arrived on this day or later" value={filter.from} max={filter.to} onChange={(from) => set({ from })} />
          <DayInput word="To" label="Arrived on this day or earlier" value={filter.to} min={filter.from} onChange={(to) => set({ to })} />
        </Group>
        <RetryAll filter={filter} />
      </Group>
      <Text size="sm" c="dimmed">A call whose user nobody found yet is of no user: look for it under All users.</Text>
      <Loaded query={query} rows={6}>
        {() => (calls.length === 0 ? <Empty title="No call arrived">No call of this user arrived in these days. If it was made, fetch it by its id below, or back-fill its day on the page of its connector.</Empty> : (
          <>
            <Group><Checkbox label="Select all that are shown" checked={open.length > 0 && chosen.size === open.length} indeterminate={chosen.size > 0 && chosen.size < open.length} disabled={open.length === 0} onChange={(e) => setChosen(new Set(e.currentTarget.checked ? open.map((c) => c.id) : []))} /></Group>
            <RetryChosen calls={calls.filter((c) => chosen.has(c.id))} onDone={() => setChosen(new Set())} />
            <Table.ScrollContainer minWidth={300}>
              <Table verticalSpacing="xs" aria-rowcount={query.hasNextPage ? -1 : calls.length + 1}>
                <Table.Thead><Table.Tr><Table.Th><span className="visually-hidden">Select</span></Table.Th><Table.Th>Call</Table.Th><Table.Th>State</Table.Th><Table.Th className="wide">Started</Table.Th></Table.Tr></Table.Thead>
                <LongBody items={calls}>{(c) => <Row key={c.id} call={c} chosen={chosen.has(c.id)} choose={(on) => choose(c.id, on)} />}</LongBody>
              </Table>
            </Table.ScrollContainer>
            <More query={query} />
          </>
        ))}
      </Loaded>
    </Stack>
  );
}

/** One call by its id at a provider, of any age, and also one that never arrived. */
function OneCall() {
  const connectors = useQuery(queries.connectors());
  const [provider, setProvider] = useState('');
  return (
    <Card withBorder component="section" aria-label="One call by its id">
      <Title order={2} size="h4" mb="sm">One call by its id</Title>
      <Loaded query={connectors} rows={1}>
        {(data) => {
          const ready = data.items.filter((c) => c.on);
          const chosen = ready.find((c) => c.provider === provider) ?? ready[0];
          if (!chosen) return <Text size="sm">No connector is on, so that no provider can be asked. <Link to="/voice-connector">Open Voice Connector</Link></Text>;
          return (
            <Stack gap="sm">
              <NativeSelect label="Provider" maw={260} value={chosen.provider} onChange={(e) => setProvider(e.currentTarget.value)} data={ready.map((c) => ({ value: c.provider, label: c.name }))} />
              <FetchCallForm key={chosen.provider} connector={chosen} />
            </Stack>
          );
        }}
      </Loaded>
    </Card>
  );
}

/** The Error Handling tab: calls that were not processed, older than the first day too, are listed and retried. */
export function ErrorHandlingPage() {
  return (
    <>
      <PageTitle>Error Handling</PageTitle>
      <Tabs />
      <Stack gap="lg">
        <Text c="dimmed">During its first day a call is retried by itself. Older ones are retried here.</Text>
        <OneCall />
        <CallsOfUser />
      </Stack>
    </>
  );
}
