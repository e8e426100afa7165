import { Anchor, Badge, Card, Checkbox, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { Empty, Failure, Loaded, PageTitle } from '../../components/states';
import { type AuthProvider, api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';
import { Address } from '../voiceconnector/step';
import { Facts } from './facts';
import { QuickFind } from './quick-find';

const refresh = () => Promise.all([['auth-providers'], ['connectors']].map((queryKey) => queryClient.invalidateQueries({ queryKey })));

/** The three switches of the guide. Two of them are fixed here, since the other way would be less safe. */
function Switches({ provider: p }: { provider: AuthProvider }) {
  const set = useMutation({
    mutationFn: async (on: boolean) => {
      await unwrap(api.PUT('/api/v1/connectors/{provider}/credential', { params: { path: { provider: p.provider } }, body: { fields: {}, settings: { client_in_header: on ? 'yes' : 'no' } } }));
      await unwrap(api.POST('/api/v1/connectors/{provider}/test', { params: { path: { provider: p.provider } } }));
    },
    onSettled: refresh,
  });
  return (
    <Stack gap="sm">
      <Checkbox label="Send access token in header" description="Always: a token in an address would stand in logs." checked readOnly disabled />
      <Checkbox label="Include consumer secret in SOAP API responses" description="Never: nobody is told the secret, also not by the API. Nothing here needs it." checked={false} readOnly disabled />
      <Checkbox label="Send client credentials in header" description="Client ID and secret go to the token endpoint in a header, else in the body. The credential is tested after a change." checked={p.client_in_header} disabled={!p.used || set.isPending} onChange={(e) => set.mutate(e.currentTarget.checked)} />
      {set.error && <Failure error={set.error} />}
    </Stack>
  );
}

function OneProvider({ provider: p }: { provider: AuthProvider }) {
  return (
    <Card withBorder component="section" aria-label={p.name}>
      <Group justify="space-between" mb="sm"><Title order={2} size="h4">{p.name}</Title><Badge variant={p.used ? 'filled' : 'default'} tt="none">{p.used ? p.status : 'Not used'}</Badge></Group>
      <Stack gap="sm">
        <Facts items={[['Provider Type', p.type], ['Consumer Key', p.client_id], ['Consumer Secret', p.secret_set ? 'Kept' : ''], ['Authorize Endpoint URL', p.authorize_url], ['Token Endpoint URL', p.token_url], ['Scopes', p.scopes.join(' ')]]} />
        {p.callback && <div><Text size="sm" c="dimmed">Callback URL</Text><Address label={`the callback URL of ${p.name}`} value={new URL(p.callback, window.location.origin).href} /></div>}
        <Switches provider={p} />
        <Anchor component={Link} to={`/voice-connector/${p.provider}`} hash="credential" size="sm" fw={600}>{p.used ? 'Sign in again, or change the app' : `Set up ${p.name}`}</Anchor>
      </Stack>
    </Card>
  );
}

/** Setup > Auth. Providers: where tokens come from. */
export function AuthProvidersPage() {
  const query = useQuery(queries.authProviders());
  return (
    <>
      <PageTitle>Auth. Providers</PageTitle>
      <QuickFind />
      <Stack>
        <Text c="dimmed">Providers that give tokens to those who sign in. Aircall and Amazon Connect are asked with keys and are not here.</Text>
        <Loaded query={query}>{(data) => (data.items.length === 0 ? <Empty title="No auth. providers">No provider of this installation gives tokens.</Empty> : <Stack>{data.items.map((p) => <OneProvider key={p.provider} provider={p} />)}</Stack>)}</Loaded>
      </Stack>
    </>
  );
}
