import { List, Text } from '@mantine/core';

import type { CheckReport } from '../../lib/api';
import { sentence } from '../../lib/format';

/** What a provider answered to a test, item by item. */
export function Report({ report }: { report: CheckReport }) {
  return (
    <List listStyleType="none" spacing="xs" aria-label="Result of the test">
      {report.items.map((i) => (
        <List.Item key={i.name} icon={<Text span fw={700} c={i.ok ? 'light-dark(#0a6273, #6ccbd9)' : 'light-dark(#a61e1e, #ff9d9d)'} aria-label={i.ok ? 'fine' : 'not fine'}>{i.ok ? '✓' : '✗'}</Text>}>
          <Text size="sm"><b>{i.name}.</b> {sentence(i.detail)}</Text>
          {!i.ok && i.fix && <Text size="sm" c="dimmed">{i.fix}</Text>}
        </List.Item>
      ))}
    </List>
  );
}
