import { Anchor, Badge, Button, Card, Group, Stack, Switch, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Empty, Failure, Loaded, PageTitle } from '../../components/states';
import { type ConnectorSite, api, unwrap } from '../../lib/api';
import { when } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';
import { GuestMend } from '../voiceconnector/guest';
import { Address } from '../voiceconnector/step';
import { QuickFind } from './quick-find';

const refresh = () => Promise.all([['sites'], ['connectors']].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
const of = (s: ConnectorSite) => ({ params: { path: { provider: s.provider } } });

function Requests({ site: s }: { site: ConnectorSite }) {
  if (s.requests.length === 0) return <Text size="sm">Nothing has come yet.</Text>;
  return (
    <details>
      <summary>Last requests ({s.requests.length}{s.requests.some((r) => r.why) && `, ${s.requests.filter((r) => r.why).length} refused`})</summary>
      <Table.ScrollContainer minWidth={300}>
        <Table aria-label={`Last requests of ${s.name}`}>
          <Table.Thead><Table.Tr><Table.Th>Came</Table.Th><Table.Th>Answer</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>{s.requests.map((r, i) => <Table.Tr key={`${r.at} ${i}`}><Table.Td style={{ whiteSpace: 'nowrap' }}>{when(r.at)}</Table.Td><Table.Td>{r.why ? `Refused (${r.status}): ${r.why}` : 'Taken'}</Table.Td></Table.Tr>)}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </details>
  );
}

function Renew({ site: s, onClose }: { site: ConnectorSite; onClose: () => void }) {
  const renew = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/site/renew', of(s))), onSuccess: () => { onClose(); return refresh(); } });
  return (
    <Dialog opened onClose={onClose} title={`New address for ${s.name}?`}>
      <Stack>
        <Text size="sm">The old address ends at once. {s.subscribed ? `${s.name} is told the new one now.` : `Where somebody entered the address at ${s.name} by hand, it must be entered anew.`} What comes to the old one meanwhile is refused; the hourly batch brings those calls.</Text>
        {renew.error && <Failure error={renew.error} />}
        <Group justify="flex-end"><Button variant="default" data-autofocus onClick={onClose}>Cancel</Button><Button color="red" loading={renew.isPending} onClick={() => renew.mutate()}>Make a new address</Button></Group>
      </Stack>
    </Dialog>
  );
}

function OneSite({ site: s }: { site: ConnectorSite }) {
  const [renewing, setRenewing] = useState(false);
  const set = useMutation({ mutationFn: (active: boolean) => unwrap(api.PUT('/api/v1/connectors/{provider}/site', { ...of(s), body: { active } })), onSuccess: refresh });
  return (
    <Card withBorder component="section" aria-label={s.name}>
      <Group justify="space-between" mb="sm"><Title order={2} size="h4">{s.name}</Title><Badge variant={s.site.active ? 'filled' : 'default'} tt="none">{s.site.active ? 'Active' : 'Not active'}</Badge></Group>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{s.site.hint}</Text>
        {s.site.address && <Address label={`the address of the site of ${s.name}`} value={s.site.address} />}
        <Switch label="Active" aria-label={`The site of ${s.name} is active`} description="While it is off, events are refused; calls come by the hourly batch alone." checked={s.site.active} disabled={set.isPending} onChange={(e) => set.mutate(e.currentTarget.checked)} />
        {s.site.last_event_at && <Text size="sm">Last event {when(s.site.last_event_at)}.</Text>}
        <Requests site={s} />
        {s.site.address && <Group><Button variant="default" aria-label={`New address for ${s.name}`} onClick={() => setRenewing(true)}>New address</Button></Group>}
        {set.error && <Failure error={set.error} />}
      </Stack>
      {renewing && <Renew site={s} onClose={() => setRenewing(false)} />}
    </Card>
  );
}

function Guest() {
  const query = useQuery(queries.package());
  return (
    <Card withBorder component="section" aria-label="Guest user">
      <Title order={2} size="h4" mb="sm">Guest user</Title>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">On its behalf sites take events.</Text>
        <Loaded query={query} rows={1}>{(app) => <><GuestMend app={app} />{app.guest && <Anchor component={Link} to={`/setup/users/${app.guest.id}`} size="sm" fw={600}>Open {app.guest.name}</Anchor>}</>}</Loaded>
      </Stack>
    </Card>
  );
}

/** Setup > Sites: the public addresses that receive what providers tell of calls. */
export function SitesPage() {
  const query = useQuery(queries.sites());
  return (
    <>
      <PageTitle>Sites</PageTitle>
      <QuickFind />
      <Stack>
        <Text c="dimmed">Public addresses that receive what providers tell of calls, one for each connector, with a secret path.</Text>
        <Loaded query={query}>{(data) => (data.items.length === 0 ? <Empty title="No site yet" action={<Button component={Link} to="/voice-connector" mt="sm">Open Voice Connector</Button>}>A connector has its site once it is set up.</Empty> : <Stack>{data.items.map((s) => <OneSite key={s.provider} site={s} />)}</Stack>)}</Loaded>
        <Guest />
      </Stack>
    </>
  );
}
