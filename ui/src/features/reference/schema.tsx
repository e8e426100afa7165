import { Code, Table, Text } from '@mantine/core';

import { type Description, type Schema, boundsOf, resolve, typeOf } from '../../lib/openapi';

/** The fields of an object, one level deep; what they are made of in their turn is below, folded. */
export function Fields({ api, schema, depth = 0 }: { api: Description; schema: Schema; depth?: number }) {
  const whole = resolve(api, schema);
  if (whole.items) return <Fields api={api} schema={whole.items} depth={depth} />;
  const fields = Object.entries(whole.properties ?? {}).filter(([name]) => name !== '$schema');
  if (fields.length === 0) return <Text size="sm">{typeOf(whole)}</Text>;
  return (
    <>
      <Table.ScrollContainer minWidth={320} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead><Table.Tr><Table.Th>Field</Table.Th><Table.Th>Type</Table.Th><Table.Th>Meaning</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {fields.map(([name, f]) => (
              <Table.Tr key={name}>
                <Table.Td><Code>{name}</Code>{whole.required?.includes(name) && <Text size="xs" c="dimmed">always</Text>}</Table.Td>
                <Table.Td><Text size="sm">{typeOf(f)}</Text></Table.Td>
                <Table.Td><Text size="sm">{f.description}</Text>{boundsOf(f) && <Text size="xs" c="dimmed">{boundsOf(f)}</Text>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {depth < 3 && fields.map(([name, f]) => ({ name, inner: f.items ?? f })).filter(({ inner }) => inner.$ref).map(({ name, inner }) => (
        <details key={name}><summary><Code>{name}</Code> is {typeOf(inner)}</summary><Fields api={api} schema={inner} depth={depth + 1} /></details>
      ))}
    </>
  );
}
