import { Badge, Button, Card, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Failure, Loaded, PageTitle } from '../../components/states';
import { type PermissionSet, api, unwrap } from '../../lib/api';
import { many } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';
import { QuickFind } from './quick-find';
import { held } from './user-form';

/** How many users are shown at once; more are found by their name. */
const SHOWN = 200;

/** Who holds a set, as boxes to tick. */
function Holders({ set, onDone }: { set: string; onDone: () => void }) {
  const users = useQuery(queries.users());
  const [find, setFind] = useState('');
  const [changed, setChanged] = useState<Record<string, boolean>>({});
  const save = useMutation({
    mutationFn: async () => {
      for (const hold of [true, false]) {
        const ids = Object.entries(changed).filter(([, h]) => h === hold).map(([id]) => id);
        if (ids.length > 0) await unwrap(api.POST('/api/v1/permission-sets/assignments', { body: { set, users: ids, hold } }));
      }
    },
    onSuccess: async () => { await Promise.all([queryClient.invalidateQueries({ queryKey: ['users'] }), queryClient.invalidateQueries({ queryKey: ['permission-sets'] })]); onDone(); },
  });
  return (
    <Loaded query={users} rows={4}>
      {(data) => {
        const found = data.items.filter((u) => u.active && `${u.name} ${u.email}`.toLowerCase().includes(find.trim().toLowerCase()));
        return (
          <Stack>
            <TextInput type="search" aria-label="Find a user" placeholder="Name or e-mail" data-autofocus value={find} onChange={(e) => setFind(e.currentTarget.value)} />
            <Stack gap={8} mah="45vh" style={{ overflowY: 'auto' }} tabIndex={0} role="group" aria-label={`Users who hold ${set}`}>
              {found.slice(0, SHOWN).map((u) => {
                const has = held(u).includes(set);
                return <Checkbox key={u.id} label={u.name} description={u.email} checked={changed[u.id] ?? has} onChange={(e) => { const { checked } = e.currentTarget; setChanged((c) => Object.fromEntries([...Object.entries(c).filter(([id]) => id !== u.id), ...(checked === has ? [] : [[u.id, checked] as const])])); }} />;
              })}
              {found.length > SHOWN && <Text size="sm" c="dimmed">{many(found.length - SHOWN, 'more user')}: find them by name.</Text>}
              {found.length === 0 && <Text size="sm" c="dimmed">Nobody found.</Text>}
            </Stack>
            <Text size="xs" c="dimmed">It counts from now on. Earlier calls stay judged by what was held when they took place.</Text>
            {save.error && <Failure error={save.error} />}
            <Group><Button disabled={Object.keys(changed).length === 0} loading={save.isPending} onClick={() => save.mutate()}>Save</Button><Button variant="default" onClick={onDone}>Cancel</Button></Group>
          </Stack>
        );
      }}
    </Loaded>
  );
}

function Set({ set: s, onAssign }: { set: PermissionSet; onAssign: () => void }) {
  return (
    <Card withBorder component="li" aria-label={s.name}>
      <Group justify="space-between" gap="sm" wrap="nowrap" align="start">
        <div>
          <Group gap="xs"><Title order={2} size="h5">{s.name}</Title>{s.insight && <Badge variant="default" tt="none">insights</Badge>}</Group>
          <Text size="sm" c="dimmed">{s.gives}</Text>
          <Text size="sm" mt={4}>Held by {many(s.holders, 'user')}</Text>
        </div>
        <Button size="xs" variant="default" style={{ flexShrink: 0 }} aria-label={`Assign ${s.name}`} onClick={onAssign}>Assign</Button>
      </Group>
    </Card>
  );
}

/** Setup > Permission Sets. */
export function PermissionSetsPage() {
  const query = useQuery(queries.permissionSets());
  const [assigning, setAssigning] = useState('');
  return (
    <>
      <PageTitle>Permission Sets</PageTitle>
      <QuickFind />
      <Loaded query={query} rows={6}>
        {(data) => <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>{data.sets.map((s) => <Set key={s.name} set={s} onAssign={() => setAssigning(s.name)} />)}</Stack>}
      </Loaded>
      <Dialog opened={!!assigning} onClose={() => setAssigning('')} title={assigning}>{assigning && <Holders set={assigning} onDone={() => setAssigning('')} />}</Dialog>
    </>
  );
}
