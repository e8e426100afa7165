import { Anchor, Badge, Button, Group, NativeSelect, Stack, Switch, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { LongBody, ROW_HEIGHT } from '../../components/rows';
import { Empty, Failure, Loaded, PageTitle } from '../../components/states';
import { type InsightType, api, unwrap } from '../../lib/api';
import { queries } from '../../lib/queries';
import { InsightTypeDialog, KINDS, SPEAKERS, type TypeDraft, refreshTypes } from './insight-type-dialog';
import { ImportTypes } from './insight-type-import';
import { TryTypes } from './insight-type-try';
import { QuickFind } from './quick-find';

const fresh: TypeDraft = { kind: 'product', name: '', aliases: [], language: '', said_by: 'either', first_seconds: 0 };

/** Where a type counts, in short; empty where that is everywhere. */
export function limits(t: InsightType): string {
  const by = t.said_by === 'either' ? '' : `said by ${SPEAKERS.find((s) => s.value === t.said_by)?.label.toLowerCase()}`;
  return [by, t.first_seconds > 0 && `first ${t.first_seconds} s`, t.language && `in ${t.language}`].filter(Boolean).join(', ');
}

function Delete({ type, onClose }: { type: InsightType; onClose: () => void }) {
  const remove = useMutation({ mutationFn: () => unwrap(api.DELETE('/api/v1/insight-types/{id}', { params: { path: { id: type.id } } })), onSuccess: () => { onClose(); return refreshTypes(); } });
  return (
    <Dialog opened onClose={onClose} title={`Delete ${type.name}?`}>
      <Stack gap="sm">
        <Text>It is no longer looked for. Calls that are analysed already keep what it found.</Text>
        {remove.error && <Failure error={remove.error} />}
        <Group><Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>Delete</Button><Button variant="default" onClick={onClose}>Cancel</Button></Group>
      </Stack>
    </Dialog>
  );
}

function List({ types, onChange, onDelete }: { types: InsightType[]; onChange: (t: InsightType) => void; onDelete: (t: InsightType) => void }) {
  const turn = useMutation({ mutationFn: ({ id, active }: InsightType) => unwrap(api.PATCH('/api/v1/insight-types/{id}', { params: { path: { id } }, body: { active: !active } })), onSuccess: refreshTypes });
  return (
    <>
      {turn.error && <Failure error={turn.error} />}
      <Table.ScrollContainer minWidth={480}>
        <Table aria-rowcount={types.length + 1}>
          <Table.Thead><Table.Tr><Table.Th>Name</Table.Th><Table.Th className="wide">Aliases</Table.Th><Table.Th className="wide">Counts</Table.Th><Table.Th>Active</Table.Th><Table.Th><span className="visually-hidden">Change</span></Table.Th></Table.Tr></Table.Thead>
          <LongBody items={types}>
            {(t) => (
              <Table.Tr key={t.id} h={ROW_HEIGHT}>
                <Table.Td maw={260}><Text className="truncate" title={t.name}>{t.name}</Text><Badge variant="default" size="sm" tt="none">{KINDS.find((k) => k.value === t.kind)?.label}</Badge></Table.Td>
                <Table.Td className="wide truncate" maw={260} title={t.aliases.join(', ')}>{t.aliases.join(', ')}</Table.Td>
                <Table.Td className="wide truncate" maw={200} title={limits(t)}>{limits(t) || 'Everywhere'}</Table.Td>
                <Table.Td><Switch aria-label={`${t.name} is active`} checked={t.active} onChange={() => turn.mutate(t)} /></Table.Td>
                <Table.Td ta="right">
                  <Group gap="xs" justify="end" wrap="nowrap">
                    <Button size="xs" variant="default" aria-label={`Change ${t.name}`} onClick={() => onChange(t)}>Change</Button>
                    <Button size="xs" variant="default" aria-label={`Delete ${t.name}`} onClick={() => onDelete(t)}>Delete</Button>
                  </Group>
                </Table.Td>
              </Table.Tr>
            )}
          </LongBody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

function Types({ all, onChange, onDelete, onNew }: { all: InsightType[]; onChange: (t: InsightType) => void; onDelete: (t: InsightType) => void; onNew: () => void }) {
  const [kind, setKind] = useState('');
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const shown = all.filter((t) => (!kind || t.kind === kind) && [t.name, ...t.aliases].some((text) => text.toLowerCase().includes(wanted)));
  if (all.length === 0) return <Empty title="No insight types yet" action={<Button mt="sm" onClick={onNew}>Add the first one</Button>}>Add your products, the names of competitors, and whatever else you want to find in calls. The built-in insights, such as pricing and objections, need nothing here.</Empty>;
  return (
    <>
      <Group align="end">
        <TextInput label="Search" type="search" value={search} onChange={(e) => setSearch(e.currentTarget.value)} />
        <NativeSelect label="Kind" value={kind} onChange={(e) => setKind(e.currentTarget.value)} data={[{ value: '', label: 'All' }, ...KINDS]} />
      </Group>
      {shown.length === 0 ? <Empty title="Nothing matches">No insight type has this in its name or aliases.</Empty> : <List types={shown} onChange={onChange} onDelete={onDelete} />}
    </>
  );
}

/** Setup > Insight Types: products, competitors and custom mentions that are looked for in calls. */
export function InsightTypesPage() {
  const query = useQuery(queries.insightTypes());
  const [open, setOpen] = useState<'import' | TypeDraft>();
  const [doomed, setDoomed] = useState<InsightType>();
  return (
    <>
      <PageTitle aside={<Group gap="xs"><Button variant="default" onClick={() => setOpen('import')}>Import</Button><Button onClick={() => setOpen(fresh)}>New</Button></Group>}>Insight Types</PageTitle>
      <QuickFind />
      <Stack>
        <Text c="dimmed">Looked for in calls that are analysed from now on. Older calls keep their insights until a <Anchor component={Link} to="/setup/re-analysis" inherit underline="always">re-analysis</Anchor>.</Text>
        <Loaded query={query}>{(data) => <><Types all={data.items} onChange={setOpen} onDelete={setDoomed} onNew={() => setOpen(fresh)} />{data.items.length > 0 && <TryTypes />}</>}</Loaded>
      </Stack>
      {open === 'import' && <ImportTypes onClose={() => setOpen(undefined)} />}
      {open && open !== 'import' && <InsightTypeDialog type={open} onClose={() => setOpen(undefined)} />}
      {doomed && <Delete type={doomed} onClose={() => setDoomed(undefined)} />}
    </>
  );
}
