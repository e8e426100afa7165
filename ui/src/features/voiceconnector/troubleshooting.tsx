import { Badge, Box, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';

import { Failure, Loaded, PageTitle } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { many, timeOfDay } from '../../lib/format';
import { useProviderName } from '../../lib/providers';
import { queryClient } from '../../lib/queries';
import { type Check, byPlace, toMend, words } from './checks';
import { MendGuestButton } from './guest';
import { MendLink } from './mend-link';
import { Tabs } from './tabs';
import { WhyMissingSection } from './why-missing';

/** How often the checks are looked at again while the page is seen. */
const AGAIN_MS = 30_000;

const checks = () => queryOptions({ queryKey: ['troubleshooting'], queryFn: () => unwrap(api.GET('/api/v1/troubleshooting')), refetchInterval: AGAIN_MS });

const colors: Record<Check['status'], string> = { green: 'teal', red: 'red', not_applicable: 'gray', unknown: 'yellow' };
const signs: Record<Check['status'], string> = { green: '✓', red: '✕', not_applicable: '–', unknown: '?' };

function CheckItem({ check: c }: { check: Check }) {
  const wrong = c.status === 'red';
  return (
    <Box component="li" py="xs" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <Group gap="xs" align="flex-start">
        <Badge color={colors[c.status]} variant="light" tt="none" miw={112} style={{ flexShrink: 0 }} styles={{ label: { color: 'var(--mantine-color-text)' } }}><span aria-hidden>{signs[c.status]} </span>{words[c.status]}</Badge>
        <Stack gap={2} flex="1 1 220px" miw={0}>
          <Text fw={600} size="sm">{c.title}</Text>
          <Text size="sm" c={wrong ? undefined : 'dimmed'} style={{ overflowWrap: 'anywhere' }}>{c.found}</Text>
          {wrong && <Text size="sm" c="dimmed">{c.why}</Text>}
          {c.fix && <Text size="sm"><Text span fw={600}>{wrong ? 'To mend it: ' : ''}</Text>{c.fix}</Text>}
          {c.fix && <MendLink to={c.page} />}
          {wrong && c.id === 'guest_user' && <MendGuestButton />}
        </Stack>
      </Group>
    </Box>
  );
}

function Place({ name, items }: { name: string; items: Check[] }) {
  const wrong = items.filter((c) => c.status === 'red').length;
  return (
    <Card withBorder component="section" aria-label={name}>
      <Group justify="space-between" mb="sm">
        <Title order={3} size="h4">{name}</Title>
        <Text size="sm" c="dimmed">{wrong > 0 ? `${wrong} to mend` : 'Nothing to mend'}</Text>
      </Group>
      <Box component="ul" m={0} p={0} style={{ listStyle: 'none' }}>{items.map((c) => <CheckItem key={c.id} check={c} />)}</Box>
    </Card>
  );
}

export function TroubleshootingPage() {
  const query = useQuery(checks());
  const providerName = useProviderName();
  const ask = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/troubleshooting')), onSuccess: (data) => queryClient.setQueryData(checks().queryKey, data) });
  return (
    <>
      <PageTitle>Troubleshooting</PageTitle>
      <Tabs />
      <Stack>
        <WhyMissingSection />
        <Group justify="space-between" gap="sm" mt="sm">
          <Title order={2} size="h3">What may be wrong</Title>
          <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>Ask the providers now</Button>
        </Group>
        {ask.error && <Failure error={ask.error} />}
        {query.error && query.data && <Failure error={query.error} retry={() => void query.refetch()} />}
        <Loaded query={query} rows={8}>
          {(data) => (
            <>
              <Text role="status">
                {data.ok ? 'Nothing is wrong.' : `${many(toMend(data.items).length, 'thing')} to mend.`}
                <Text span c="dimmed"> Looked at {timeOfDay(data.checked_at)}.</Text>
              </Text>
              {byPlace(data.items).map((p) => <Place key={p.provider} name={p.provider ? providerName(p.provider) : 'This installation'} items={p.items} />)}
            </>
          )}
        </Loaded>
      </Stack>
    </>
  );
}
