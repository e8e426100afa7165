import { Badge, Button, Card, Group, NativeSelect, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import { type TypeMatch, api, unwrap } from '../../lib/api';
import { KINDS, SPEAKERS } from './insight-type-dialog';

const HOW: Record<string, string> = { exact: 'As written', word_form: 'Another form of its words', fuzzy: 'Misheard: spelled alike', phonetic: 'Misheard: sounds alike' };

function Matches({ matches }: { matches: TypeMatch[] }) {
  if (matches.length === 0) return <Text size="sm" role="status">No active insight type matches this sentence.</Text>;
  return (
    <Table.ScrollContainer minWidth={300}>
      <Table aria-label="What matches">
        <Table.Thead><Table.Tr><Table.Th>Type</Table.Th><Table.Th>Heard</Table.Th><Table.Th>How</Table.Th><Table.Th ta="right">Alike</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {matches.map((m) => (
            <Table.Tr key={`${m.type_id} ${m.heard}`}>
              <Table.Td>{m.name} <Badge variant="default" tt="none" ml={4}>{KINDS.find((k) => k.value === m.kind)?.label}</Badge></Table.Td>
              <Table.Td>“{m.heard}”</Table.Td><Table.Td>{HOW[m.match]}</Table.Td><Table.Td ta="right">{Math.round(m.score * 100)} %</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Tells which types a sentence would match, and how; nothing is stored. */
export function TryTypes() {
  const [text, setText] = useState('');
  const [by, setBy] = useState('either');
  const attempt = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/insight-types/try', { body: { text, said_by: by as 'either' | 'rep' | 'customer' } })) });
  return (
    <Card withBorder component="section" aria-label="Try it">
      <Title order={2} size="h4" mb="xs">Try it</Title>
      <form onSubmit={(e) => { e.preventDefault(); attempt.mutate(); }}>
        <Stack gap="sm">
          <Group align="end">
            <TextInput style={{ flex: '1 1 260px' }} label="Sentence" placeholder="We looked at another phone system last week" maxLength={5000} value={text} onChange={(e) => setText(e.currentTarget.value)} />
            <NativeSelect label="Said by" data={SPEAKERS} value={by} onChange={(e) => setBy(e.currentTarget.value)} />
            <Button type="submit" variant="default" disabled={!text.trim()} loading={attempt.isPending}>Try</Button>
          </Group>
          {attempt.error && <Failure error={attempt.error} />}
          {attempt.data && <Matches matches={attempt.data.items} />}
        </Stack>
      </form>
    </Card>
  );
}
