import { Anchor, Button, Group, List, Stack, Switch, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { Failure, Notice } from '../../components/states';
import type { Connector } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { many, sentence, when } from '../../lib/format';
import { remaining } from '../../lib/jobs';
import { queries } from '../../lib/queries';
import { keep, path } from './data';
import { JobsLink, SwitchFailure } from './jobs';
import { Address, Step } from './step';
import { type WizardStep, lastWeek, stepName } from './wizard';

export function IntegrationUserStep({ connector: c, step }: { connector: Connector; step: WizardStep }) {
  const assign = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/integration-user', path(c))), onSuccess: keep });
  const { data } = useQuery(queries.session());
  const you = data?.user?.name ?? 'You';
  return (
    <Step id={step.id} number={4} heading={step.heading} state={step.state}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">The signed-in user, {you}, becomes the integration user. A separate user that does nothing else is best: sign in as that user and come back.</Text>
        {c.missing.length > 0 && !assign.error && (
          <Notice title={`${you} cannot be the integration user yet`}>
            <Text size="sm">This is missing:</Text>
            <List size="sm">{c.missing.map((m) => <List.Item key={m}>{sentence(m)}</List.Item>)}</List>
          </Notice>
        )}
        <Group>
          <Button variant={c.integration_user ? 'default' : 'filled'} loading={assign.isPending} onClick={() => assign.mutate()}>Assign Integration User</Button>
          {(c.missing.length > 0 || assign.error) && <Anchor component={Link} to="/setup/users" size="sm" fw={600}>Go to Users</Anchor>}
          {c.configured && <Anchor component={Link} to={`/voice-connector/${c.provider}/users`} size="sm" fw={600}>Map users</Anchor>}
        </Group>
        {assign.error && <Failure error={assign.error} />}
      </Stack>
    </Step>
  );
}

/** What has to be done before the connector can be enabled, with the way to each. */
function Blockers({ connector: c }: { connector: Connector }) {
  if (c.blockers.length === 0 || c.enabled) return null;
  return (
    <Notice title="It cannot be enabled yet">
      <List size="sm">{c.blockers.map((b) => <List.Item key={b.step}>{sentence(b.text)}: <Anchor component={Link} to="." hash={b.step} inherit underline="always">{stepName(b.step)}</Anchor></List.Item>)}</List>
    </Notice>
  );
}

export function EnableStep({ connector: c, step }: { connector: Connector; step: WizardStep }) {
  const set = useMutation({ mutationFn: (body: { enabled?: boolean; provider_enabled?: boolean; delete_jobs?: boolean }) => unwrap(api.PUT('/api/v1/connectors/{provider}/switches', { ...path(c), body })), onSuccess: keep });
  const left = remaining(useQuery(queries.scheduledJobs()).data?.items ?? [], c.provider).length;
  const what = lastWeek(c);
  return (
    <Step id={step.id} number={6} heading={step.heading} state={step.state}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">Nothing is processed unless both switches are on: this connector’s own, and the one in Setup, Einstein Conversation Insights, General Settings.</Text>
        <Blockers connector={c} />
        {what && <Text size="sm" fw={600}>{what}</Text>}
        <Switch label="Enable Integration" description="The connector’s own switch" disabled={set.isPending || (!c.enabled && c.blockers.length > 0)} checked={c.enabled} onChange={(e) => set.mutate({ enabled: e.currentTarget.checked })} />
        <Switch label={`${c.name} in General Settings`} description="The same switch as in Setup, General Settings" disabled={set.isPending} checked={c.provider_enabled} onChange={(e) => set.mutate({ provider_enabled: e.currentTarget.checked })} />
        {c.process_from && <Text size="sm">Calls since {when(c.process_from)} are processed.</Text>}
        {!c.on && left > 0 && !set.error && <Text size="sm">{many(left, 'scheduled job')} remain{left === 1 ? 's' : ''} from before it was switched off. Delete them before you switch it on.</Text>}
        {(c.on || left > 0) && <JobsLink>{`Scheduled Jobs (${left})`}</JobsLink>}
        {set.error && <SwitchFailure error={set.error} pending={set.isPending} deleteAndEnable={() => set.mutate({ ...set.variables, delete_jobs: true })} />}
      </Stack>
    </Step>
  );
}

export function SiteStep({ connector: c }: { connector: Connector }) {
  const set = useMutation({ mutationFn: (active: boolean) => unwrap(api.PUT('/api/v1/connectors/{provider}/site', { ...path(c), body: { active } })), onSuccess: keep });
  const sync = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/sync', path(c))), onSuccess: () => notifications.show({ message: 'Missed calls are being pulled. They show up in VC Calls.' }) });
  return (
    <Step heading="Site" state={{ kind: c.subscribed ? 'done' : 'todo', text: c.subscribed ? 'Receiving events' : c.site.active ? 'Ready' : 'Not active' }}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{c.site.hint}</Text>
        {c.site.address && <Address label="the address of the site" value={c.site.address} />}
        <Switch label="Active" disabled={!c.configured} checked={c.site.active} onChange={(e) => set.mutate(e.currentTarget.checked)} />
        <Text size="sm">Last event {when(c.site.last_event_at) || 'not yet'}, last listing {when(c.last_sync_at) || 'not yet'}.</Text>
        <Group><Button variant="default" disabled={!c.on} loading={sync.isPending} onClick={() => sync.mutate()}>Pull missed calls now</Button></Group>
        {(set.error ?? sync.error) && <Failure error={(set.error ?? sync.error) as Error} />}
      </Stack>
    </Step>
  );
}
