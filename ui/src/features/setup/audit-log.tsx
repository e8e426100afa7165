import { Badge, Button, Group, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { More } from '../../components/rows';
import { Empty, Loaded, PageTitle } from '../../components/states';
import type { AuditEntry } from '../../lib/api';
import { actionName, auditQuery, changeWords } from '../../lib/audit';
import { when } from '../../lib/format';
import { type AuditFilter, queries } from '../../lib/queries';
import { QuickFind } from './quick-find';

const shown = 6;

/** What was changed; the first few fields until somebody asks for all. */
function Changes({ entry }: { entry: AuditEntry }) {
  const [all, setAll] = useState(false);
  const changes = all ? entry.changes : entry.changes.slice(0, shown);
  return (
    <Stack gap={2}>
      {changes.map((c) => <Text key={c.field} size="xs" style={{ overflowWrap: 'anywhere' }} lineClamp={all ? undefined : 3}><b>{c.field}:</b> {changeWords(c)}</Text>)}
      {entry.changes.length > shown && !all && <Button size="compact-xs" variant="default" w="fit-content" onClick={() => setAll(true)}>Show all {entry.changes.length} fields</Button>}
    </Stack>
  );
}

function Row({ entry: e }: { entry: AuditEntry }) {
  const who = <><Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>{e.actor}</Text>{e.token && <Text size="xs" c="dimmed">by the API token {e.token}</Text>}</>;
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td className="wide" style={{ whiteSpace: 'nowrap' }}><Text size="sm">{when(e.at)}</Text><Text size="xs" c="dimmed">{e.address}</Text></Table.Td>
      <Table.Td className="wide" maw={220}>{who}</Table.Td>
      <Table.Td>
        <Stack gap={4}>
          <div className="narrow"><Text size="xs" c="dimmed">{when(e.at)} {e.address && `· ${e.address}`}</Text>{who}</div>
          <Group gap={8}><Badge variant="default" tt="none" title={e.action}>{actionName(e.action)}</Badge><Text size="sm" style={{ overflowWrap: 'anywhere' }}>{e.subject}</Text></Group>
          <Changes entry={e} />
        </Stack>
      </Table.Td>
    </Table.Tr>
  );
}

function Filters({ filter, set }: { filter: AuditFilter; set: (change: AuditFilter) => void }) {
  const users = useQuery(queries.users());
  const actions = useQuery(queries.auditActions());
  const actorOptions = [{ value: '', label: 'Everybody' }, ...['system', 'command line', 'nobody', 'set-up'].map((value) => ({ value, label: `(${value})` })), ...(users.data?.items ?? []).map((u) => ({ value: u.id, label: u.name }))];
  const actionOptions = [{ value: '', label: 'All actions' }, ...(actions.data?.items ?? []).map((value) => ({ value, label: actionName(value) }))];
  return (
    <Group gap="sm" className="filters">
      <NativeSelect aria-label="Who" data={actorOptions} value={filter.actor ?? ''} maw={220} onChange={(e) => set({ actor: e.currentTarget.value })} />
      <NativeSelect aria-label="Action" data={actionOptions} value={filter.action ?? ''} maw={240} onChange={(e) => set({ action: e.currentTarget.value })} />
      <TextInput type="date" aria-label="On this day or later" leftSection={<Text size="sm" c="dimmed">From</Text>} leftSectionWidth={52} value={filter.from ?? ''} max={filter.to} onChange={(e) => set({ from: e.currentTarget.value })} />
      <TextInput type="date" aria-label="On this day or earlier" leftSection={<Text size="sm" c="dimmed">To</Text>} leftSectionWidth={52} value={filter.to ?? ''} min={filter.from} onChange={(e) => set({ to: e.currentTarget.value })} />
      <TextInput type="search" aria-label="Search the audit log" placeholder="Name, field, value or address" value={filter.q ?? ''} maxLength={200} flex="1 1 220px" maw={340} onChange={(e) => set({ q: e.currentTarget.value })} />
    </Group>
  );
}

/** Setup > Audit Log: who did what. */
export function AuditLogPage() {
  const [filter, setFilter] = useState<AuditFilter>({});
  const [asked] = useDebouncedValue(filter, 250);
  const query = useInfiniteQuery({ ...queries.audit(asked), placeholderData: keepPreviousData });
  const chosen = Object.values(filter).some(Boolean);
  return (
    <>
      <PageTitle aside={<Button component="a" variant="default" href={`/api/v1/audit-log/export?${new URLSearchParams(auditQuery(asked))}`} download>Export CSV</Button>}>Audit Log</PageTitle>
      <QuickFind />
      <Stack>
        <Text c="dimmed">Who signed in, and who changed what. Nobody can change or remove an entry here. Secrets are never kept.</Text>
        <Filters filter={filter} set={(change) => setFilter((f) => ({ ...f, ...change }))} />
        <Loaded query={query} rows={8}>
          {(data) => {
            const entries = data.pages.flatMap((p) => p.items);
            if (entries.length === 0) return chosen ? <Empty title="Nothing found" action={<Button mt="sm" variant="default" onClick={() => setFilter({})}>Clear the filters</Button>}>No entry fits these filters.</Empty> : <Empty title="Nothing has been done yet">What people change appears here.</Empty>;
            return (
              <>
                <Table.ScrollContainer minWidth={300}>
                  <Table verticalSpacing="sm">
                    <Table.Thead><Table.Tr><Table.Th className="wide">When, from</Table.Th><Table.Th className="wide">Who</Table.Th><Table.Th>What</Table.Th></Table.Tr></Table.Thead>
                    <Table.Tbody>{entries.map((e) => <Row key={e.id} entry={e} />)}</Table.Tbody>
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
