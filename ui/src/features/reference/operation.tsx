import { Badge, Button, Code, CopyButton, Group, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';

import { type Description, type Entry, boundsOf, curlOf, typeOf } from '../../lib/openapi';
import { Fields } from './schema';

function Parameters({ entry }: { entry: Entry }) {
  const { parameters = [] } = entry.operation;
  if (parameters.length === 0) return null;
  return (
    <>
      <Text fw={600} size="sm">Parameters</Text>
      <Table.ScrollContainer minWidth={320} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead><Table.Tr><Table.Th>Name</Table.Th><Table.Th>In</Table.Th><Table.Th>Type</Table.Th><Table.Th>Meaning</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {parameters.map((p) => (
              <Table.Tr key={`${p.in} ${p.name}`}>
                <Table.Td><Code>{p.name}</Code>{p.required && <Text size="xs" c="dimmed">needed</Text>}</Table.Td><Table.Td>{p.in}</Table.Td><Table.Td>{typeOf(p.schema ?? {})}</Table.Td>
                <Table.Td><Text size="sm">{p.description ?? p.schema?.description}</Text><Text size="xs" c="dimmed">{boundsOf(p.schema ?? {})}</Text></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

/** What is sent or answered: the fields of the first content. */
function Content({ api, content }: { api: Description; content?: Record<string, { schema?: Parameters<typeof Fields>[0]['schema'] }> }) {
  const [type, body] = Object.entries(content ?? {})[0] ?? [];
  if (!type) return null;
  return <>{type !== 'application/json' && type !== 'application/problem+json' && <Text size="sm" c="dimmed">{type}</Text>}{body?.schema && <Fields api={api} schema={body.schema} />}</>;
}

function Details({ api, entry }: { api: Description; entry: Entry }) {
  const curl = curlOf(api, entry, window.location.origin);
  const { requestBody, responses } = entry.operation;
  const refused = Object.keys(responses).filter((s) => s >= '400' || s === 'default');
  return (
    <Stack gap="sm" mt="sm">
      <Parameters entry={entry} />
      {requestBody && <><Text fw={600} size="sm">Body</Text><Content api={api} content={requestBody.content} /></>}
      {Object.entries(responses).filter(([status]) => status < '400' && status !== 'default').map(([status, r]) => <Stack gap="xs" key={status}><Text fw={600} size="sm">Answer {status}</Text>{r.content ? <Content api={api} content={r.content} /> : <Text size="sm">{r.description || 'Nothing more.'}</Text>}</Stack>)}
      {refused.length > 0 && <Text size="sm" c="dimmed">Refusals ({refused.join(', ')}) are problems (RFC 9457) with a stable code and a text for people.</Text>}
      <Group justify="space-between"><Text fw={600} size="sm">Example</Text><CopyButton value={curl}>{({ copied, copy }) => <Button size="xs" variant="default" aria-label={`Copy the example of ${entry.method} ${entry.path}`} onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>}</CopyButton></Group>
      <Code block tabIndex={0}>{curl}</Code>
    </Stack>
  );
}

/** One operation: what it does, and on demand all that it takes and gives. */
export function OperationView({ api, entry }: { api: Description; entry: Entry }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="operation" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary><Badge variant="default" tt="none" mr="xs" radius="sm">{entry.method}</Badge><Code style={{ overflowWrap: 'anywhere' }}>{entry.path}</Code><Text size="sm" c="dimmed" mt={4}>{entry.operation.summary}</Text></summary>
      {open && <Details api={api} entry={entry} />}
    </details>
  );
}
