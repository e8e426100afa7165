import { Button, Card, Group, Stack, Table, Text, TextInput, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { LongBody, ROW_HEIGHT } from '../../components/rows';
import { Empty, Failure, Loaded, PageTitle } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { pastedNumbers, when } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';
import { Tabs } from './tabs';

const refresh = () => queryClient.invalidateQueries({ queryKey: ['excluded'] });

/** The form that excludes numbers, several at once. */
export function AddExcluded() {
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const numbers = pastedNumbers(text);
  const exclude = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/excluded-numbers', { body: { numbers, note } })),
    onSuccess: (added) => { setText(''); setNote(''); notifications.show({ message: `${added.items.length} numbers excluded.` }); return refresh(); },
  });
  return (
    <Card withBorder maw={640}>
      <form onSubmit={(e) => { e.preventDefault(); exclude.mutate(); }}>
        <Stack gap="sm">
          <Textarea label="Phone numbers" description="One a line, in any format, with the country code for numbers outside of the US" autosize minRows={2} maxRows={8} value={text} onChange={(e) => setText(e.currentTarget.value)} />
          <TextInput label="Note" value={note} onChange={(e) => setNote(e.currentTarget.value)} />
          {exclude.error && <Failure error={exclude.error} />}
          <Group><Button type="submit" disabled={numbers.length === 0} loading={exclude.isPending}>Exclude{numbers.length > 1 ? ` ${numbers.length} numbers` : ''}</Button></Group>
        </Stack>
      </form>
    </Card>
  );
}

export function ExcludedPage() {
  const query = useQuery(queries.excluded());
  const include = useMutation({ mutationFn: (id: string) => unwrap(api.DELETE('/api/v1/excluded-numbers/{id}', { params: { path: { id } } })), onSuccess: refresh });
  return (
    <>
      <PageTitle>Excluded Numbers</PageTitle>
      <Tabs />
      <Stack>
        <Text c="dimmed">A call with one of these numbers on any side is never processed, whatever its source.</Text>
        <AddExcluded />
        {include.error && <Failure error={include.error} />}
        <Loaded query={query}>
          {(data) => data.items.length === 0
            ? <Empty title="No number is excluded">Add the numbers of lawyers, doctors or families, whose calls must not be captured.</Empty>
            : (
              <Table.ScrollContainer minWidth={320}>
                <Table aria-rowcount={data.items.length + 1}>
                  <Table.Thead><Table.Tr><Table.Th>Number</Table.Th><Table.Th>Note</Table.Th><Table.Th className="wide">Added</Table.Th><Table.Th><span className="visually-hidden">Remove</span></Table.Th></Table.Tr></Table.Thead>
                  <LongBody items={data.items}>
                    {(n) => (
                      <Table.Tr key={n.id} h={ROW_HEIGHT}>
                        <Table.Td style={{ whiteSpace: 'nowrap' }}>{n.display}</Table.Td><Table.Td className="truncate" maw={260} title={n.note}>{n.note}</Table.Td><Table.Td className="wide">{when(n.created_at)}</Table.Td>
                        <Table.Td ta="right"><Button size="xs" variant="default" aria-label={`Remove ${n.display}`} onClick={() => include.mutate(n.id)}>Remove</Button></Table.Td>
                      </Table.Tr>
                    )}
                  </LongBody>
                </Table>
              </Table.ScrollContainer>
            )}
        </Loaded>
      </Stack>
    </>
  );
}
