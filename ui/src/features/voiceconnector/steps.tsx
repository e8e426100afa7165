import { Button, Group, Stack, Switch, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';

import { Failure } from '../../components/states';
import type { Connector } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { many, when } from '../../lib/format';
import { remaining } from '../../lib/jobs';
import { queries } from '../../lib/queries';
import { keep, path } from './data';
import { JobsLink, SwitchFailure } from './jobs';
import { Address, Step } from './step';

export function IntegrationUserStep({ connector: c }: { connector: Connector }) {
  const assign = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/integration-user', path(c))), onSuccess: keep });
  return (
    <Step number={2} heading="Integration User" state={c.integration_user ? c.integration_user.name : 'Not assigned'} done={!!c.integration_user}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">You, the signed-in user, become the integration user. A separate user that does nothing else is best.</Text>
        <Group><Button variant={c.integration_user ? 'default' : 'filled'} disabled={!c.configured} loading={assign.isPending} onClick={() => assign.mutate()}>Assign Integration User</Button></Group>
        {assign.error && <Failure error={assign.error} />}
      </Stack>
    </Step>
  );
}

export function EnableStep({ connector: c }: { connector: Connector }) {
  const set = useMutation({ mutationFn: (body: { enabled?: boolean; provider_enabled?: boolean; delete_jobs?: boolean }) => unwrap(api.PUT('/api/v1/connectors/{provider}/switches', { ...path(c), body })), onSuccess: keep });
  const left = remaining(useQuery(queries.scheduledJobs()).data?.items ?? [], c.provider).length;
  return (
    <Step number={3} heading="Enable Integration" state={c.on ? 'On' : 'Off'} done={c.on}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">Calls are processed while both switches are on.{c.backfill && ' Turn on Enable Integration first to process the calls of the last seven days as well; turn on General Settings first to process only calls from now on.'}</Text>
        <Switch label="Enable Integration" disabled={!c.configured || set.isPending} checked={c.enabled} onChange={(e) => set.mutate({ enabled: e.currentTarget.checked })} />
        <Switch label={`${c.name} in General Settings`} disabled={!c.configured || set.isPending} checked={c.provider_enabled} onChange={(e) => set.mutate({ provider_enabled: e.currentTarget.checked })} />
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
    <Step number={4} heading="Site" state={c.subscribed ? 'Receiving events' : c.site.active ? 'Ready' : 'Not active'} done={c.subscribed}>
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
