import { Badge, Button, Card, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { ReturnedProblem } from '../../components/returned';
import { Loaded, PageTitle } from '../../components/states';
import type { Connector } from '../../lib/api';
import { sentence, when } from '../../lib/format';
import { queries } from '../../lib/queries';
import { Tabs } from './tabs';

/** Where a connector stands, in one sentence or two. */
function standing(c: Connector): string {
  const refused = c.credential.status === 'Expired' || c.credential.status === 'Revoked';
  if (c.configured && refused) return `${c.credential.status}. ${sentence(c.credential.problem)}`;
  if (c.on) return `Last event ${when(c.site.last_event_at) || 'not yet'}, last listing ${when(c.last_sync_at) || 'not yet'}.`;
  if (c.configured && c.credential.status !== 'Authenticated') return 'The credential is entered but not authenticated yet.';
  return c.configured ? 'The credential works. The connector is not enabled.' : c.limits;
}

function ProviderCard({ connector: c }: { connector: Connector }) {
  const action = c.configured ? 'Open' : 'Connect';
  return (
    <Card withBorder component="section" aria-label={c.name}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h3">{c.name}</Title>
        <Badge variant={c.on ? 'filled' : 'default'} tt="none">{c.on ? 'On' : c.configured ? 'Set up, off' : 'Not connected'}</Badge>
      </Group>
      <Text size="sm" c="dimmed" flex={1}>{standing(c)}</Text>
      <Group mt="md"><Button component={Link} to={`/voice-connector/${c.provider}`} variant={c.configured ? 'default' : 'filled'}>{action} {c.name}</Button></Group>
    </Card>
  );
}

export function ProvidersPage() {
  const query = useQuery(queries.connectors());
  const counts = useQuery(queries.vcCounts());
  const total = counts.data?.total ?? 0;
  return (
    <>
      <PageTitle>Voice Connector</PageTitle>
      <ReturnedProblem />
      <Tabs />
      {total > 0 && <Text c="dimmed" mb="md">{total.toLocaleString()} calls have arrived. <Link to="/voice-connector/vc-calls">See where each one is</Link></Text>}
      <Loaded query={query}>{(data) => <SimpleGrid cols={{ base: 1, sm: 2 }}>{data.items.map((c) => <ProviderCard key={c.provider} connector={c} />)}</SimpleGrid>}</Loaded>
    </>
  );
}
