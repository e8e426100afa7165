import { Badge, Table, Text } from '@mantine/core';

import type { components } from '../../api/schema';
import { sentence } from '../../lib/format';

const words = { passed: 'Passed', stopped: 'Stopped', open: 'Open' } as const;
const colors = { passed: 'teal', stopped: 'red', open: 'gray' } as const;

/** Each rule with what it says of the call on the data of today. */
export function RuleSteps({ steps }: { steps: components['schemas']['RuleStep'][] }) {
  return (
    <Table verticalSpacing="xs" fz="sm" aria-label="Rules">
      <Table.Tbody>
        {steps.map((s) => (
          <Table.Tr key={s.rule}>
            <Table.Td w={92} valign="top"><Badge color={colors[s.outcome]} variant="light" tt="none" styles={{ label: { color: 'var(--mantine-color-text)' } }}>{words[s.outcome]}</Badge></Table.Td>
            <Table.Td><Text size="sm" fw={600}>{s.title}</Text><Text size="sm" style={{ overflowWrap: 'anywhere' }}>{sentence(s.text)}</Text></Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
