import { Anchor, Button, Card, Group, List, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';

import { Empty, Failure, Loaded, PageTitle } from '../../components/states';
import type { Package } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';
import { AudienceChoice, useAudience } from './audience';

/** Asks again for whatever depends on whether the app is installed, and for whom. */
export const refreshInstalled = () => Promise.all([['package'], ['session'], ['connectors'], ['mails'], ['users'], ['troubleshooting']].map((queryKey) => queryClient.invalidateQueries({ queryKey })));

function InstallForm({ app }: { app: Package }) {
  const { audience, setAudience, complete } = useAudience(app);
  const install = useMutation({
    mutationFn: () => unwrap(api.PUT('/api/v1/package', { body: audience })),
    onSuccess: (now) => {
      queryClient.setQueryData(queries.package().queryKey, now);
      notifications.show({ message: 'Voice Connector is installed. You receive an e-mail that confirms it; it can also be read in Setup, Installed Packages.', autoClose: 8_000 });
      return refreshInstalled();
    },
  });
  return (
    <Card withBorder maw={640} component="section" aria-label="Install">
      <form onSubmit={(e) => { e.preventDefault(); install.mutate(); }}>
        <Stack>
          <div>
            <Title order={2} size="h4">{app.name}</Title>
            <Text size="sm" c="dimmed">Connects Aircall, Amazon Connect, Dialpad and RingCentral with conversation insights.</Text>
          </div>
          <AudienceChoice value={audience} onChange={setAudience} />
          <div>
            <Text size="sm" fw={500}>Installing adds</Text>
            <List size="sm" mt={4}>
              <List.Item>the user fields {app.fields.join(', ')}</List.Item>
              <List.Item>the Voice Connector Guest User, on whose behalf events are received. Nobody can sign in as this user.</List.Item>
            </List>
          </div>
          {install.error && <Failure error={install.error} />}
          <Group><Button type="submit" disabled={!complete} loading={install.isPending}>Install</Button></Group>
        </Stack>
      </form>
    </Card>
  );
}

/** What the pages of the Voice Connector app show before it is installed. */
function InstallPage({ app }: { app: Package }) {
  return (
    <>
      <PageTitle>Install Voice Connector</PageTitle>
      <InstallForm app={app} />
    </>
  );
}

/** The frame of the Voice Connector app: its pages once it is installed, for those whom it is installed for. */
export function VoiceConnectorFrame() {
  const session = useQuery(queries.session());
  const admin = !!session.data?.user?.permissions.includes('Customize Application');
  const app = useQuery({ ...queries.package(), enabled: admin });
  if (session.data?.user && !session.data.user.voice_connector) {
    return (
      <>
        <PageTitle>Voice Connector</PageTitle>
        <Empty title="This app is not installed for you" action={<Anchor component={Link} to="/">Go to Home</Anchor>}>Ask an admin, who can install it for you in Setup, Installed Packages.</Empty>
      </>
    );
  }
  if (!admin) return <Outlet />;
  return <Loaded query={app} rows={6} head="Voice Connector">{(p) => (p.installed ? <Outlet /> : <InstallPage app={p} />)}</Loaded>;
}
