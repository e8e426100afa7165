import { Anchor, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { Failure, Loaded, PageTitle } from '../../components/states';
import type { Connector } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { sentence, when } from '../../lib/format';
import { queries } from '../../lib/queries';
import { path, refresh } from '../voiceconnector/data';
import { Report } from '../voiceconnector/report';
import { Facts } from './facts';
import { QuickFind } from './quick-find';

const colors: Record<string, string> = { Authenticated: 'teal', Expired: 'red', Revoked: 'red' };

/** The address that the provider is asked at, as its settings name it. */
const endpoint = (c: Connector): string => c.settings.filter((s) => s.name === 'base_url' || s.name === 'endpoint').map((s) => s.value || s.default)[0] ?? '';

function OneCredential({ connector: c }: { connector: Connector }) {
  const test = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/test', path(c))), onSettled: refresh });
  const kind = c.credential.kinds.find((k) => k.name === c.credential.kind)?.label ?? c.credential.fields.map((f) => f.label).join(' and ');
  return (
    <Card withBorder component="section" aria-label={c.name}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">{c.name}</Title>
        <Badge color={colors[c.credential.status] ?? 'gray'} variant="light" tt="none" styles={{ label: { color: 'var(--mantine-color-text)' } }}>{c.configured ? c.credential.status : 'Not entered'}</Badge>
      </Group>
      <Stack gap="sm">
        <Facts items={[['Identity', kind], ['URL', endpoint(c)], ['Authentication Status', c.credential.status], ['Scope', c.credential.scope], ['Tested', when(c.credential.checked_at)]]} />
        {c.configured && c.credential.problem && <Text size="sm">{sentence(c.credential.problem)}</Text>}
        <Group>
          <Button variant="default" disabled={!c.configured} loading={test.isPending} aria-label={`Test ${c.name}`} onClick={() => test.mutate()}>Test</Button>
          <Anchor component={Link} to={`/voice-connector/${c.provider}`} hash="credential" size="sm" fw={600}>{c.configured ? 'Edit' : 'Enter'} the credential of {c.name}</Anchor>
        </Group>
        {test.error && <Failure error={test.error} />}
        {test.data && <Report report={test.data} />}
      </Stack>
    </Card>
  );
}

/** Setup > Named Credentials: how each provider is asked, and whether that works. */
export function NamedCredentialsPage() {
  const query = useQuery(queries.connectors());
  return (
    <>
      <PageTitle>Named Credentials</PageTitle>
      <QuickFind />
      <Stack>
        <Text c="dimmed">With these Earshot asks the providers. Secrets are kept sealed and are shown to nobody.</Text>
        <Loaded query={query}>{(data) => <Stack>{data.items.map((c) => <OneCredential key={c.provider} connector={c} />)}</Stack>}</Loaded>
      </Stack>
    </>
  );
}
