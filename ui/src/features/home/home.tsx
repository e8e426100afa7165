import { Card, List, SimpleGrid, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { ReturnedProblem } from '../../components/returned';
import { Empty, Loaded, PageTitle } from '../../components/states';
import type { CallSummary } from '../../lib/api';
import { day } from '../../lib/format';
import { queries } from '../../lib/queries';
import { CallList, other } from '../calls/row';

/** How many recent calls are shown, and looked through for next steps. */
const RECENT = 8;

function NextSteps({ calls }: { calls: CallSummary[] }) {
  const details = useQueries({ queries: calls.filter((c) => c.next_steps > 0).map((c) => queries.call(c.id)) });
  const steps = details.flatMap((d) => (d.data?.insights?.next_steps ?? []).map((s) => ({ ...s, call: d.data })));
  steps.sort((a, b) => (a.due ?? '9999').localeCompare(b.due ?? '9999'));
  if (steps.length === 0) return <Text c="dimmed">None were found in the recent calls.</Text>;
  return (
    <List spacing="xs" size="sm">
      {steps.map((s, i) => (
        <List.Item key={i}>
          {s.call ? <Link to="/calls/$id" params={{ id: s.call.id }}>{s.text}</Link> : s.text}
          <Text size="xs" c="dimmed">{[s.due && `by ${day(s.due)}`, s.owner === 'customer' ? 'the customer' : s.owner === 'agent' ? s.call?.user : '', s.call && other(s.call)].filter(Boolean).join(' · ')}</Text>
        </List.Item>
      ))}
    </List>
  );
}

export function HomePage() {
  const { data: session } = useQuery(queries.session());
  const query = useInfiniteQuery(queries.calls(''));
  return (
    <>
      <PageTitle>{session?.user ? `Hello, ${session.user.name}` : 'Home'}</PageTitle>
      <ReturnedProblem />
      <Loaded query={query}>
        {(data) => {
          const calls = (data.pages[0]?.items ?? []).slice(0, RECENT);
          if (calls.length === 0) return <Empty title="No calls yet">Once a phone provider is connected, your recent calls and next steps are here. <Link to="/voice-connector">Connect a provider</Link></Empty>;
          return (
            <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
              <Card withBorder><Title order={2} size="h4" mb="sm">Recent calls</Title><CallList calls={calls} /></Card>
              <Card withBorder><Title order={2} size="h4" mb="sm">Next steps</Title><NextSteps calls={calls} /></Card>
            </SimpleGrid>
          );
        }}
      </Loaded>
    </>
  );
}
