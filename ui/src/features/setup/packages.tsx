import { Badge, Button, Card, Group, List, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Empty, Failure, Loaded, PageTitle } from '../../components/states';
import type { Package } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { when } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';
import { AudienceChoice, useAudience } from '../voiceconnector/audience';
import { GuestMend } from '../voiceconnector/guest';
import { refreshInstalled } from '../voiceconnector/install';
import { Mails } from './mails';
import { QuickFind } from './quick-find';

function Change({ app }: { app: Package }) {
  const { audience, setAudience, complete, changed } = useAudience(app);
  const save = useMutation({
    mutationFn: () => unwrap(api.PUT('/api/v1/package', { body: audience })),
    onSuccess: (now) => { queryClient.setQueryData(queries.package().queryKey, now); notifications.show({ message: 'Saved.' }); return refreshInstalled(); },
  });
  return (
    <form onSubmit={(e) => { e.preventDefault(); save.mutate(); }}>
      <Stack gap="sm">
        <AudienceChoice value={audience} onChange={setAudience} />
        {save.error && <Failure error={save.error} />}
        <Group><Button type="submit" variant="default" disabled={!complete || !changed} loading={save.isPending}>Save</Button></Group>
      </Stack>
    </form>
  );
}

const Named = ({ title, items }: { title: string; items: string[] }) => <div><Text size="sm" fw={600}>{title}</Text><List size="sm">{items.map((i) => <List.Item key={i}>{i}</List.Item>)}</List></div>;

function Uninstall({ app, close }: { app: Package; close: () => void }) {
  const remove = useMutation({ mutationFn: () => unwrap(api.DELETE('/api/v1/package')), onSuccess: async () => { await refreshInstalled(); close(); } });
  return (
    <Stack>
      <Named title="This is removed" items={app.removes} />
      <Named title="This stays" items={app.keeps} />
      {app.blocked && <Text size="sm" role="alert" fw={600}>{app.blocked}</Text>}
      {remove.error && <Failure error={remove.error} />}
      <Group justify="flex-end"><Button variant="default" data-autofocus onClick={close}>Cancel</Button><Button color="red" disabled={!!app.blocked} loading={remove.isPending} onClick={() => remove.mutate()}>Uninstall</Button></Group>
    </Stack>
  );
}

function Installed({ app }: { app: Package }) {
  const [removing, setRemoving] = useState(false);
  return (
    <Card withBorder component="section" aria-label={app.name}>
      <Stack>
        <Group justify="space-between">
          <div>
            <Title order={2} size="h4">{app.name}</Title>
            <Text size="sm" c="dimmed">Version {app.version || 'unknown'}, installed by {app.by} on {when(app.installed_at)}</Text>
          </div>
          <Badge variant="filled" tt="none">Installed</Badge>
        </Group>
        <Text size="sm">User fields: {app.fields.join(', ')}.</Text>
        <GuestMend app={app} />
        <Change key={`${app.for}/${app.sets.join()}`} app={app} />
        <Group><Button variant="default" onClick={() => setRemoving(true)}>Uninstall</Button></Group>
      </Stack>
      <Dialog opened={removing} onClose={() => setRemoving(false)} title={`Uninstall ${app.name}?`}><Uninstall app={app} close={() => setRemoving(false)} /></Dialog>
    </Card>
  );
}

/** Setup > Installed Packages, and the mails that tell of it. */
export function PackagesPage() {
  const query = useQuery(queries.package());
  return (
    <>
      <PageTitle>Installed Packages</PageTitle>
      <QuickFind />
      <Stack>
        <Loaded query={query} rows={6}>
          {(app) => (app.installed ? <Installed app={app} /> : <Empty title="Nothing is installed" action={<Button component={Link} to="/voice-connector" mt="sm">Install Voice Connector</Button>}>The Voice Connector app connects your phone provider.</Empty>)}
        </Loaded>
        <Mails />
      </Stack>
    </>
  );
}
