import { Card, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';

import { PageTitle } from '../../components/states';
import { momentsOf } from '../../lib/days';
import { AskPanel } from './ask';

/** Call Explorer: a question about all calls that one may see, or those of some days. */
export function ExplorerPage() {
  const [days, setDays] = useState({ from: '', to: '' });
  return (
    <>
      <PageTitle>Call Explorer</PageTitle>
      <Card withBorder component="section" aria-label="Question">
        <Stack>
          <Text size="sm" c="dimmed">Answers come from the lines of the calls that you may see. Every sentence cites its lines; what they do not support is dropped.</Text>
          <Group>
            <TextInput type="date" label="From" value={days.from} onChange={(e) => setDays({ ...days, from: e.currentTarget.value })} />
            <TextInput type="date" label="To" value={days.to} onChange={(e) => setDays({ ...days, to: e.currentTarget.value })} />
          </Group>
          <AskPanel label="Question about these calls" scope={momentsOf(days)} />
        </Stack>
      </Card>
    </>
  );
}
