import { Badge, Grid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Suspense, lazy } from 'react';

import { ReturnedProblem } from '../../components/returned';
import { Loaded, PageTitle } from '../../components/states';
import type { Connector } from '../../lib/api';
import { queries } from '../../lib/queries';
import { BackfillSection } from './backfill';
import { CredentialStep } from './credential-step';
import { FetchCallSection } from './fetch-call';
import { LimitsSection } from './limits';
import { EnableStep, IntegrationUserStep, SiteStep } from './steps';

const Markdown = lazy(() => import('react-markdown'));

/** How often what is used of the provider's limits is asked for: it changes with each request, and no change is told. */
const LIMITS_MS = 5_000;

function Steps({ connector: c }: { connector: Connector }) {
  return (
    <Stack>
      <CredentialStep connector={c} /><IntegrationUserStep connector={c} /><EnableStep connector={c} /><SiteStep connector={c} />
      {c.configured && <><BackfillSection connector={c} /><FetchCallSection connector={c} /></>}
    </Stack>
  );
}

/** One provider: each step with its own state, the provider's guide beside. */
export function ConnectorPage() {
  const { provider = '' } = useParams({ strict: false });
  const query = useQuery({ ...queries.connector(provider), refetchInterval: (q) => (q.state.data?.on ? LIMITS_MS : false) });
  return (
    <Loaded query={query} rows={8}>
      {(c) => (
        <>
          <PageTitle back={{ to: '/voice-connector', label: 'Voice Connector' }} aside={<Badge variant={c.on ? 'filled' : 'default'} tt="none">{c.on ? 'On' : 'Off'}</Badge>}>{c.name}</PageTitle>
          <ReturnedProblem />
          <Grid gap="md">
            <Grid.Col span={{ base: 12, md: 7 }}><Steps key={c.provider} connector={c} /></Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Stack>
                <aside className="markdown" aria-label="Guide">
                  <Suspense fallback={<Text c="dimmed">Loading the guide…</Text>}><Markdown>{c.guide}</Markdown></Suspense>
                  <Text size="sm" c="dimmed" mt="md">{c.limits}</Text>
                </aside>
                <LimitsSection connector={c} />
              </Stack>
            </Grid.Col>
          </Grid>
        </>
      )}
    </Loaded>
  );
}
