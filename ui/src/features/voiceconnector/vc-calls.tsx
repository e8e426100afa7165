import { Button, Group, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { Empty, Loaded, PageTitle, StateBadge } from '../../components/states';
import { phone, title, when } from '../../lib/format';
import { queries } from '../../lib/queries';
import { Tabs } from './tabs';

const states = ['received', 'waiting', 'unmatched', 'processing', 'processed', 'skipped', 'failed'];

export function VCCallsPage() {
  const [state, setState] = useState('');
  const [reason, setReason] = useState('');
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 250);
  const reasons = useQuery(queries.reasons());
  const counts = useQuery(queries.vcCounts());
  const query = useInfiniteQuery(queries.vcCalls({ ...(state && { state }), ...(reason && { reason }), ...(q && { q }) }));
  const stateOptions = [{ value: '', label: `All states${counts.data ? ` (${counts.data.total})` : ''}` }, ...states.map((s) => ({ value: s, label: `${title(s)}${counts.data?.by_state[s] ? ` (${counts.data.by_state[s]})` : ''}` }))];
  return (
    <>
      <PageTitle>VC Calls</PageTitle>
      <Tabs />
      <Stack>
        <Text c="dimmed">Every call that arrived from a provider. A call that is not here never arrived; a call that was not processed says why.</Text>
        <Group gap="sm">
          <NativeSelect aria-label="State" data={stateOptions} value={state} onChange={(e) => setState(e.currentTarget.value)} />
          <NativeSelect aria-label="Reason" data={[{ value: '', label: 'All reasons' }, ...(reasons.data?.items ?? []).map((r) => ({ value: r.code, label: r.title }))]} value={reason} onChange={(e) => setReason(e.currentTarget.value)} maw={220} />
          <TextInput type="search" aria-label="Search by provider call id or number" placeholder="Provider call id or number" value={text} onChange={(e) => setText(e.currentTarget.value)} />
        </Group>
        <Loaded query={query} rows={8}>
          {(data) => {
            const calls = data.pages.flatMap((p) => p.items);
            if (calls.length === 0) {
              return state || reason || q
                ? <Empty title="Nothing found">No call fits these filters.</Empty>
                : <Empty title="No call has arrived" action={<Button component={Link} to="/voice-connector" mt="sm">Open Voice Connector</Button>}>If calls were made, the connection to the provider is broken or not on. Open the connector and press Test.</Empty>;
            }
            return (
              <>
                <Table.ScrollContainer minWidth={300}>
                  <Table verticalSpacing="xs" highlightOnHover>
                    <Table.Thead><Table.Tr><Table.Th>Call</Table.Th><Table.Th>State</Table.Th><Table.Th className="wide">User</Table.Th><Table.Th className="wide">Started</Table.Th><Table.Th className="wide">Came by</Table.Th></Table.Tr></Table.Thead>
                    <Table.Tbody>
                      {calls.map((c) => (
                        <Table.Tr key={c.id}>
                          <Table.Td maw={200}>
                            <Link to="/voice-connector/vc-calls/$id" params={{ id: c.id }} style={{ fontWeight: 600 }}>{c.provider_call_id}</Link>
                            <Text size="xs" c="dimmed" className="truncate">{[phone(c.from), phone(c.to)].filter(Boolean).join(' → ')}</Text>
                          </Table.Td>
                          <Table.Td maw={280}><StateBadge state={c.state} reason={c.reason_title} /></Table.Td>
                          <Table.Td className="wide truncate" maw={180} title={c.user}>{c.user || '–'}</Table.Td>
                          <Table.Td className="wide">{when(c.started_at)}</Table.Td>
                          <Table.Td className="wide">{title(c.received_via)}</Table.Td>
                        </Table.Tr>
                      ))}
                    </Table.Tbody>
                  </Table>
                </Table.ScrollContainer>
                {query.hasNextPage && <Group justify="center"><Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show more</Button></Group>}
              </>
            );
          }}
        </Loaded>
      </Stack>
    </>
  );
}
