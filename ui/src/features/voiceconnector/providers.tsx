import { Badge, Button, Card, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { Loaded, PageTitle } from '../../components/states';
import { when } from '../../lib/format';
import { queries } from '../../lib/queries';
import { Tabs } from './tabs';

export function ProvidersPage() {
  const query = useQuery(queries.connectors());
  const counts = useQuery(queries.vcCounts());
  return (
    <>
      <PageTitle>Voice Connector</PageTitle>
      <Tabs />
      <Loaded query={query}>
        {(data) => (
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
            {data.items.map((c) => (
              <Card key={c.provider} withBorder>
                <Group justify="space-between" mb="xs">
                  <Title order={2} size="h3">{c.name}</Title>
                  <Badge variant={c.on ? 'filled' : 'default'} tt="none">{c.on ? 'On' : c.configured ? 'Set up, off' : 'Not connected'}</Badge>
                </Group>
                <Text size="sm" c="dimmed">{c.on ? `${(counts.data?.total ?? 0).toLocaleString()} calls arrived. Last event ${when(c.site.last_event_at) || 'not yet'}, last listing ${when(c.last_sync_at) || 'not yet'}.` : c.limits}</Text>
                <Button mt="md" component={Link} to={`/voice-connector/${c.provider}`} variant={c.on ? 'default' : 'filled'}>{c.on ? 'Open' : `Connect ${c.name}`}</Button>
              </Card>
            ))}
          </SimpleGrid>
        )}
      </Loaded>
    </>
  );
}
