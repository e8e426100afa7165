import { Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

import { Loaded, PageTitle } from '../../components/states';
import { queries } from '../../lib/queries';
import { QuickFind } from './quick-find';
import { UserAccess } from './user-access';
import { UserForm } from './user-form';

const back = { to: '/setup/users', label: 'Users' } as const;

/** One user. */
export function UserPage() {
  const { id } = useParams({ strict: false });
  const query = useQuery(queries.user(id ?? ''));
  return (
    <Loaded query={query} rows={8} head="User">
      {(user) => (
        <>
          <PageTitle back={back} aside={!user.active && <Badge color="gray" variant="outline" tt="none">Not active</Badge>}>{user.name}</PageTitle>
          <QuickFind />
          <UserForm key={user.last_modified_at} user={user} />
          {user.active && user.profile !== 'Voice Connector Guest User' && <UserAccess key={user.id} user={user} />}
        </>
      )}
    </Loaded>
  );
}

/** A user who is made. */
export function NewUserPage() {
  return <><PageTitle back={back}>New user</PageTitle><QuickFind /><UserForm /></>;
}
