import { Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';

import { Empty, Loaded, PageTitle } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';
import { TokenList } from '../account/token-list';
import { QuickFind } from './quick-find';

/** Setup > API Tokens: those of all users. */
export function APITokensPage() {
  const query = useQuery(queries.allTokens());
  const revoke = useMutation({ mutationFn: (id: string) => unwrap(api.DELETE('/api/v1/api-tokens/{id}', { params: { path: { id } } })), onSuccess: () => queryClient.invalidateQueries({ queryKey: ['api-tokens'] }) });
  return (
    <>
      <PageTitle>API Tokens</PageTitle>
      <QuickFind />
      <Stack>
        <Text c="dimmed">Programs that act as users. Each user makes their own under My Account and needs the permission API Enabled.</Text>
        <Loaded query={query}>
          {(data) => (data.items.length === 0 ? <Empty title="No API tokens">Nobody has made one yet.</Empty> : <TokenList owners tokens={data.items} revoke={revoke.mutateAsync} error={revoke.error} busy={revoke.isPending} />)}
        </Loaded>
      </Stack>
    </>
  );
}
