import { Alert, Button, FileButton, Group, Stack, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { many } from '../../lib/format';
import { queryClient } from '../../lib/queries';

const send = (text: string, dry: boolean) => unwrap(api.POST('/api/v1/users/import', { params: { query: { dry } }, body: text as never, bodySerializer: (body: unknown) => body as string, headers: { 'Content-Type': 'text/csv' } }));

/** How many lines of a plan are shown. */
const SHOWN = 100;
const words: Record<string, string> = { create: 'New', change: 'Changed', same: 'As it is' };

/** Users from a CSV file: what it would do is shown first. */
export function ImportUsers() {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>Import</Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title="Import users">{opened && <Steps onDone={() => setOpened(false)} />}</Dialog>
    </>
  );
}

function Steps({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState('');
  const plan = useMutation({ mutationFn: async (file: File) => { const content = await file.text(); setText(content); return send(content, true); } });
  const save = useMutation({ mutationFn: () => send(text, false), onSuccess: async () => { await queryClient.invalidateQueries({ queryKey: ['users'] }); onDone(); } });
  const rows = plan.data?.rows ?? [];
  const changes = rows.filter((r) => r.action === 'create' || r.action === 'change').length;
  return (
    <Stack>
      <Text size="sm">A CSV file with the column email, by which users are known, and any of: name, profile, active, manager_email, aircall_user_identifier, dialpad_user_identifier, ringcentral_user_identifier, amazon_connect_username, phones, permission_sets. Several values of a cell are separated by semicolons. An export is such a file.</Text>
      <Group><FileButton accept=".csv,text/csv" onChange={(f) => { if (f) plan.mutate(f); }}>{(props) => <Button {...props} variant={plan.data ? 'default' : 'filled'} loading={plan.isPending}>Choose a file</Button>}</FileButton></Group>
      {plan.error && <Failure error={plan.error} />}
      {plan.data && (
        <>
          {plan.data.wrong > 0 && <Alert color="red" variant="outline" title={`${many(plan.data.wrong, 'line')} wrong`}>Nothing was imported. Correct the file and choose it again.</Alert>}
          <Table.ScrollContainer minWidth={300} mah={320}>
            <Table verticalSpacing={4}>
              <Table.Thead><Table.Tr><Table.Th>Line</Table.Th><Table.Th>User</Table.Th><Table.Th>What</Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>{[...rows].sort((a, b) => Number(!!b.error) - Number(!!a.error)).slice(0, SHOWN).map((r) => <Table.Tr key={r.line}><Table.Td>{r.line}</Table.Td><Table.Td style={{ overflowWrap: 'anywhere' }}>{r.email}</Table.Td><Table.Td>{r.error ?? words[r.action]}</Table.Td></Table.Tr>)}</Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          {rows.length > SHOWN && <Text size="sm" c="dimmed">and {many(rows.length - SHOWN, 'more line')}</Text>}
          {save.error && <Failure error={save.error} />}
          <Group><Button disabled={plan.data.wrong > 0 || changes === 0} loading={save.isPending} onClick={() => save.mutate()}>Import {many(changes, 'user')}</Button><Button variant="default" onClick={onDone}>Cancel</Button></Group>
        </>
      )}
    </Stack>
  );
}
