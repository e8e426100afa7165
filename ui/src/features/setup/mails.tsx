import { Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';

import { Failure, Loaded } from '../../components/states';
import type { Mail } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { sentence, when } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';

const states: Record<Mail['state'], { label: string; color: string }> = {
  waiting: { label: 'Being sent', color: 'blue' }, sent: { label: 'Sent', color: 'teal' }, failed: { label: 'Failed', color: 'red' }, not_sent: { label: 'Not sent', color: 'gray' },
};

function Item({ mail: m }: { mail: Mail }) {
  const again = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/mails/{id}/send', { params: { path: { id: m.id } } })), onSuccess: () => queryClient.invalidateQueries({ queryKey: ['mails'] }) });
  const { label, color } = states[m.state];
  return (
    <Card withBorder component="article" aria-label={m.subject}>
      <Group justify="space-between" gap="xs">
        <Text fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>{m.subject}</Text>
        <Badge color={color} variant="light" tt="none" styles={{ label: { color: 'var(--mantine-color-text)' } }}>{label}</Badge>
      </Group>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>To {m.to}, {when(m.sent_at ?? m.created_at)}</Text>
      {m.problem && m.state !== 'sent' && <Text size="sm" mt="xs" style={{ overflowWrap: 'anywhere' }}>{sentence(m.problem)}</Text>}
      <details style={{ marginTop: 8 }}>
        <summary>Read it</summary>
        <Text size="sm" mt="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{m.body}</Text>
      </details>
      {(m.state === 'failed' || m.state === 'not_sent') && <Group mt="sm"><Button size="xs" variant="default" loading={again.isPending} onClick={() => again.mutate()}>Send it now</Button></Group>}
      {again.error && <Failure error={again.error} />}
    </Card>
  );
}

/** What Earshot wrote to people; readable here also where no mail server is set. */
export function Mails() {
  const query = useQuery(queries.mails());
  return (
    <section aria-label="E-mails">
      <Title order={2} size="h4" mb="sm">E-mails</Title>
      <Loaded query={query} rows={2}>
        {(data) => (data.items.length === 0 ? <Text size="sm" c="dimmed">No e-mail was written yet.</Text> : <Stack gap="sm">{data.items.map((m) => <Item key={m.id} mail={m} />)}</Stack>)}
      </Loaded>
    </section>
  );
}
