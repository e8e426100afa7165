import { Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';

import { Failure, Loaded } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { browserName } from '../../lib/audit';
import { when } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';

/** Where one is signed in. */
export function Sessions() {
  const query = useQuery(queries.sessions());
  const end = useMutation({ mutationFn: (id: string) => unwrap(api.DELETE('/api/v1/account/sessions/{id}', { params: { path: { id } } })), onSuccess: () => queryClient.invalidateQueries({ queryKey: ['account', 'sessions'] }) });
  const everywhere = useMutation({ mutationFn: () => unwrap(api.DELETE('/api/v1/account/sessions')), onSuccess: () => window.location.assign('/login') });
  return (
    <Card withBorder component="section" aria-label="Sessions">
      <Stack>
        <Group justify="space-between">
          <div><Title order={2} size="h4">Sessions</Title><Text size="sm" c="dimmed">Where you are signed in. End what you do not know, and change your password.</Text></div>
          <Button variant="default" loading={everywhere.isPending} onClick={() => everywhere.mutate()}>Sign out everywhere</Button>
        </Group>
        {(end.error ?? everywhere.error) && <Failure error={(end.error ?? everywhere.error) as Error} />}
        <Loaded query={query} rows={2}>
          {(data) => (
            <Stack gap="sm" component="ul" style={{ listStyle: 'none', padding: 0, margin: 0 }}>
              {data.items.map((s) => (
                <Group key={s.id} component="li" justify="space-between" wrap="nowrap" align="flex-start">
                  <div style={{ minWidth: 0 }}>
                    <Group gap={8}><Text size="sm" fw={600} title={s.browser}>{browserName(s.browser)}</Text>{s.current && <Badge variant="light" tt="none" styles={{ label: { color: 'var(--mantine-color-text)' } }}>This session</Badge>}</Group>
                    <Text size="xs" c="dimmed">{s.address && `${s.address} · `}signed in {when(s.created_at)} · last seen {when(s.seen_at)}</Text>
                  </div>
                  {!s.current && <Button size="xs" variant="default" style={{ flexShrink: 0 }} aria-label={`End the session of ${browserName(s.browser)}, last seen ${when(s.seen_at)}`} loading={end.isPending && end.variables === s.id} onClick={() => end.mutate(s.id)}>End</Button>}
                </Group>
              ))}
            </Stack>
          )}
        </Loaded>
      </Stack>
    </Card>
  );
}
