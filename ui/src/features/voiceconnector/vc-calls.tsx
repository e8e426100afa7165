import { Button, Group, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';

import { LongBody, More, ROW_HEIGHT } from '../../components/rows';
import { Empty, Loaded, PageTitle, StateBadge } from '../../components/states';
import type { VCCall } from '../../lib/api';
import { readFilter } from '../../lib/filter';
import { phone, title, when } from '../../lib/format';
import { type VCCallFilter, queries } from '../../lib/queries';
import { states } from './data';
import { DayInput } from './day-input';
import { RetryAll } from './retry-all';
import { Tabs } from './tabs';

/** The filters, which live in the address so that a filtered list can be kept and sent. */
function useFilter() {
  const filter = readFilter(useSearch({ strict: false }));
  const navigate = useNavigate();
  const [text, setText] = useState(filter.q ?? '');
  const set = (change: VCCallFilter) => void navigate({ to: '/voice-connector/vc-calls', search: readFilter({ ...filter, ...change }), replace: true });
  const asked = useRef(filter.q ?? '');
  const search = useDebouncedCallback((q: string) => { asked.current = q.trim(); set({ q }); }, 250);
  // An address from elsewhere (a link, going back) changes what is in the box; what is being typed does not.
  useEffect(() => { if ((filter.q ?? '') !== asked.current) { asked.current = filter.q ?? ''; setText(filter.q ?? ''); } }, [filter.q]);
  return { filter, set, text, type: (q: string) => { setText(q); search(q); } };
}

function Row({ call: c, index }: { call: VCCall; index: number }) {
  const parties = [phone(c.from), phone(c.to)].filter(Boolean).join(' → ');
  return (
    <Table.Tr h={ROW_HEIGHT} aria-rowindex={index + 2}>
      <Table.Td className="cell">
        <Link to="/voice-connector/vc-calls/$id" params={{ id: c.id }} className="truncate" style={{ fontWeight: 600, display: 'block' }} title={c.provider_call_id}>{c.provider_call_id}</Link>
        <Text size="xs" c="dimmed" className="truncate" title={parties}>{parties}</Text>
      </Table.Td>
      <Table.Td className="cell"><StateBadge state={c.state} reason={c.reason_title} /></Table.Td>
      <Table.Td className="wide truncate" maw={180} title={c.user}>{c.user || '–'}</Table.Td>
      <Table.Td className="wide truncate">{when(c.started_at)}</Table.Td>
      <Table.Td className="wide">{title(c.received_via)}</Table.Td>
    </Table.Tr>
  );
}

export function VCCallsPage() {
  const { filter, set, text, type } = useFilter();
  const reasons = useQuery(queries.reasons());
  const connectors = useQuery(queries.connectors());
  const users = useQuery(queries.users());
  const counts = useQuery(queries.vcCounts());
  const query = useInfiniteQuery({ ...queries.vcCalls(filter), placeholderData: keepPreviousData });
  const number = (n?: number) => (n ? ` (${n.toLocaleString()})` : '');
  const stateOptions = [{ value: '', label: `All states${number(counts.data?.total)}` }, ...states.map((s) => ({ value: s, label: `${title(s)}${number(counts.data?.by_state[s])}` }))];
  const reasonOptions = [{ value: '', label: 'All reasons' }, ...(reasons.data?.items ?? []).map((r) => ({ value: r.code, label: r.title }))];
  const providerOptions = [{ value: '', label: 'All providers' }, ...(connectors.data?.items ?? []).map((c) => ({ value: c.provider, label: c.name }))];
  const userOptions = [{ value: '', label: 'All users' }, ...(users.data?.items ?? []).map((u) => ({ value: u.id, label: u.name }))];
  return (
    <>
      <PageTitle aside={<RetryAll filter={filter} />}>VC Calls</PageTitle>
      <Tabs />
      <Stack>
        <Text c="dimmed">Every call that arrived from a provider. A call that is not here never arrived; a call that was not processed says why.</Text>
        <Group gap="sm" className="filters">
          <NativeSelect aria-label="State" data={stateOptions} value={filter.state ?? ''} onChange={(e) => set({ state: e.currentTarget.value })} />
          <NativeSelect aria-label="Reason" data={reasonOptions} value={filter.reason ?? ''} onChange={(e) => set({ reason: e.currentTarget.value })} />
          <NativeSelect aria-label="Provider" data={providerOptions} value={filter.provider ?? ''} onChange={(e) => set({ provider: e.currentTarget.value })} />
          <NativeSelect aria-label="User" data={userOptions} value={filter.user ?? ''} maw={220} onChange={(e) => set({ user: e.currentTarget.value })} />
          <Group gap="sm" className="filters days">
            <DayInput word="From" label="Arrived on this day or later" value={filter.from} max={filter.to} onChange={(from) => set({ from })} />
            <DayInput word="To" label="Arrived on this day or earlier" value={filter.to} min={filter.from} onChange={(to) => set({ to })} />
          </Group>
          <TextInput type="search" aria-label="Search by provider call id or number" placeholder="Provider call id or number" value={text} onChange={(e) => type(e.currentTarget.value)} flex="1 1 220px" maw={340} />
        </Group>
        <Loaded query={query} rows={8}>
          {(data) => {
            const calls = data.pages.flatMap((p) => p.items);
            if (calls.length === 0) {
              return Object.keys(filter).length > 0
                ? <Empty title="Nothing found" action={<Button mt="sm" variant="default" onClick={() => { type(''); set({ state: '', reason: '', provider: '', user: '', from: '', to: '', q: '' }); }}>Clear the filters</Button>}>No call fits these filters.</Empty>
                : <Empty title="No call has arrived" action={<Button component={Link} to="/voice-connector" mt="sm">Open Voice Connector</Button>}>If calls were made, the connection to the provider is broken or not on. Open the connector and press Test.</Empty>;
            }
            return (
              <>
                <Table.ScrollContainer minWidth={300}>
                  <Table verticalSpacing="xs" highlightOnHover aria-rowcount={query.hasNextPage ? -1 : calls.length + 1}>
                    <Table.Thead><Table.Tr><Table.Th>Call</Table.Th><Table.Th>State</Table.Th><Table.Th className="wide">User</Table.Th><Table.Th className="wide">Started</Table.Th><Table.Th className="wide">Came by</Table.Th></Table.Tr></Table.Thead>
                    <LongBody items={calls}>{(c, i) => <Row key={c.id} call={c} index={i} />}</LongBody>
                  </Table>
                </Table.ScrollContainer>
                <More query={query} />
              </>
            );
          }}
        </Loaded>
      </Stack>
    </>
  );
}
