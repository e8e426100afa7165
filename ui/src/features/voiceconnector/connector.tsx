import { Badge, Grid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Suspense, lazy } from 'react';

import { Loaded, PageTitle } from '../../components/states';
import { queries } from '../../lib/queries';
import { CredentialStep } from './credential-step';
import { EnableStep, IntegrationUserStep, SiteStep } from './steps';

const Markdown = lazy(() => import('react-markdown'));

/** One provider: each step with its own state, the provider's guide beside. */
export function ConnectorPage() {
  const { provider = '' } = useParams({ strict: false });
  const query = useQuery(queries.connector(provider));
  return (
    <Loaded query={query} rows={8}>
      {(c) => (
        <>
          <PageTitle back={{ to: '/voice-connector', label: 'Voice Connector' }} aside={<Badge variant={c.on ? 'filled' : 'default'} tt="none">{c.on ? 'On' : 'Off'}</Badge>}>{c.name}</PageTitle>
          <Grid gap="md">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <Stack><CredentialStep connector={c} /><IntegrationUserStep connector={c} /><EnableStep connector={c} /><SiteStep connector={c} /></Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <aside className="markdown" aria-label="Guide">
                <Suspense fallback={<Text c="dimmed">Loading the guide…</Text>}><Markdown>{c.guide}</Markdown></Suspense>
                <Text size="sm" c="dimmed" mt="md">{c.limits}</Text>
              </aside>
            </Grid.Col>
          </Grid>
        </>
      )}
    </Loaded>
  );
}
