import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { PageTitle } from '../../components/states';
import { queries } from '../../lib/queries';
import { Password } from './password';
import { Sessions } from './sessions';
import { Tokens } from './tokens';

/** My Account: password, sessions and API tokens of who is signed in. */
export function AccountPage() {
  const { data } = useQuery(queries.session());
  const user = data?.user;
  return (
    <>
      <PageTitle>My Account</PageTitle>
      <Stack>
        {user && <Text c="dimmed">{user.name} · {user.email} · {user.profile}</Text>}
        <Password />
        <Sessions />
        <Tokens allowed={!!user?.permissions.includes('API Enabled')} />
      </Stack>
    </>
  );
}
