import { Badge, Grid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';

import { ReturnedProblem } from '../../components/returned';
import { Loaded, Notice, PageTitle } from '../../components/states';
import type { Connector } from '../../lib/api';
import { when } from '../../lib/format';
import { queries } from '../../lib/queries';
import { BackfillSection } from './backfill';
import { CredentialStep } from './credential-step';
import { ExcludedStep } from './excluded-step';
import { FetchCallSection } from './fetch-call';
import { LimitsSection } from './limits';
import { PrepareStep } from './prepare-step';
import { StepNav } from './step-nav';
import { EnableStep, IntegrationUserStep, SiteStep } from './steps';
import { TermsStep } from './terms-step';
import { TestCallSection } from './test-call';
import { type WizardStep, wizard } from './wizard';

/** How often what is used of the provider's limits is asked for: it changes with each request, and no change is told. */
const LIMITS_MS = 5_000;

/** Goes to the step that the address names, also when the page has come after the address; the keyboard goes on there. */
function useStepOfAddress() {
  const hash = useRouterState({ select: (s) => s.location.hash });
  useEffect(() => {
    if (!hash) return;
    const step = document.getElementById(hash);
    step?.scrollIntoView();
    step?.focus({ preventScroll: true });
  }, [hash]);
}

function Steps({ connector: c, steps }: { connector: Connector; steps: WizardStep[] }) {
  useStepOfAddress();
  const [prepare, terms, credential, user, numbers, enable] = steps as [WizardStep, WizardStep, WizardStep, WizardStep, WizardStep, WizardStep];
  return (
    <Stack>
      <PrepareStep connector={c} step={prepare} /><TermsStep connector={c} step={terms} /><CredentialStep connector={c} step={credential} /><IntegrationUserStep connector={c} step={user} />
      <ExcludedStep step={numbers} /><EnableStep connector={c} step={enable} /><TestCallSection connector={c} /><SiteStep connector={c} />
      {c.configured && <><BackfillSection connector={c} /><FetchCallSection connector={c} /></>}
      <LimitsSection connector={c} />
    </Stack>
  );
}

/** What those see who may not change a connector. */
function Standing({ connector: c, steps }: { connector: Connector; steps: WizardStep[] }) {
  return (
    <Stack maw={640}>
      <Notice title="Admins connect providers"><Text size="sm">You see how this connector is doing. To change it takes the permission Customize Application.</Text></Notice>
      {c.on && <Text size="sm">Last event {when(c.site.last_event_at) || 'not yet'}, last listing {when(c.last_sync_at) || 'not yet'}.</Text>}
      <ul>{steps.filter((s) => s.state.kind !== 'optional').map((s) => <li key={s.id}>{s.heading}: {s.state.text}</li>)}</ul>
    </Stack>
  );
}

/** One provider: the steps of connecting it, each with its own state, and what else can be done with it. */
export function ConnectorPage() {
  const { provider = '' } = useParams({ strict: false });
  const session = useQuery(queries.session());
  const admin = !!session.data?.user?.permissions.includes('Customize Application');
  const excluded = useQuery({ ...queries.excluded(), enabled: admin });
  const query = useQuery({ ...queries.connector(provider), refetchInterval: (q) => (q.state.data?.on ? LIMITS_MS : false) });
  return (
    <Loaded query={query} rows={8} head="Connector">
      {(c) => {
        const steps = wizard(c, excluded.data?.items.length);
        return (
          <>
            <PageTitle back={{ to: '/voice-connector', label: 'Voice Connector' }} aside={<Badge variant={c.on ? 'filled' : 'default'} tt="none">{c.on ? 'On' : 'Off'}</Badge>}>{c.name}</PageTitle>
            <ReturnedProblem />
            {admin ? (
              <Grid gap="md">
                <Grid.Col span={{ base: 12, md: 3 }}><StepNav steps={steps} /></Grid.Col>
                <Grid.Col span={{ base: 12, md: 9 }}><Steps key={c.provider} connector={c} steps={steps} /></Grid.Col>
              </Grid>
            ) : <Standing connector={c} steps={steps} />}
          </>
        );
      }}
    </Loaded>
  );
}
