import { Button, Card, Group, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { momentsOf } from '../../lib/days';
import { many } from '../../lib/format';

/** Has the model write about calls that are there already. */
export function WriteOld() {
  const [days, setDays] = useState({ from: '', to: '' });
  const run = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/language-model/runs', { body: momentsOf(days) })) });
  return (
    <Card withBorder component="section" aria-label="Older calls">
      <Title order={2} size="h4" mb="sm">Older calls</Title>
      <Text size="sm" c="dimmed" mb="sm">Up to 2,000 at a time, the newest first, within the budget. What was asked before in the same way is not asked again.</Text>
      <Group align="end">
        <TextInput type="date" label="From" value={days.from} onChange={(e) => setDays({ ...days, from: e.currentTarget.value })} />
        <TextInput type="date" label="To" value={days.to} onChange={(e) => setDays({ ...days, to: e.currentTarget.value })} />
        <Button variant="default" loading={run.isPending} onClick={() => run.mutate()}>Write about these calls</Button>
      </Group>
      {run.data && <Text size="sm" mt="sm" role="status">{many(run.data.calls, 'call')} asked for.</Text>}
      {run.error && <Failure error={run.error} />}
    </Card>
  );
}
