import { Badge, Button, Group, NativeSelect, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { LongBody, More, ROW_HEIGHT } from '../../components/rows';
import { Empty, Loaded, PageTitle } from '../../components/states';
import type { User } from '../../lib/api';
import { phone } from '../../lib/format';
import { useProviderName } from '../../lib/providers';
import { queries } from '../../lib/queries';
import { ImportUsers } from './import-users';
import { QuickFind } from './quick-find';
import { held } from './user-form';

function Row({ user: u, index }: { user: User; index: number }) {
  const providerName = useProviderName();
  const sets = held(u);
  const matched = [...Object.entries(u.identifiers).filter(([, id]) => id).map(([p, id]) => `${providerName(p)} ${id}`), ...u.phones.filter((p) => !p.to).map((p) => phone(p.number))].join(', ') || '–';
  return (
    <Table.Tr h={ROW_HEIGHT} aria-rowindex={index + 2}>
      <Table.Td className="cell" maw={260}>
        <Link to="/setup/users/$id" params={{ id: u.id }} className="truncate" style={{ fontWeight: 600, display: 'block' }} title={u.name}>{u.name}</Link>
        <Text size="xs" c="dimmed" className="truncate" title={u.email}>{u.active ? '' : 'Not active · '}{sets.length === 0 ? 'No permission set · ' : ''}{u.email} · {u.profile}</Text>
      </Table.Td>
      <Table.Td className="wide truncate" maw={260} title={matched}>{matched}</Table.Td>
      <Table.Td className="cell wide" maw={260}>
        {sets.length === 0
          ? <Text size="sm" c="dimmed" className="truncate">none: calls are not processed</Text>
          : <Group gap={4} wrap="nowrap"><Badge variant="default" tt="none" maw={200} title={sets.join(', ')}>{sets[0]}</Badge>{sets.length > 1 && <Text size="xs" c="dimmed" title={sets.join(', ')}>+{sets.length - 1}</Text>}</Group>}
      </Table.Td>
    </Table.Tr>
  );
}

/** Setup > Users. */
export function UsersPage() {
  const [find, setFind] = useState('');
  const [active, setActive] = useState('');
  const [set, setSet] = useState('');
  const [q] = useDebouncedValue(find.trim(), 250);
  const sets = useQuery(queries.permissionSets());
  const filtered = !!(q || active || set);
  const query = useInfiniteQuery({ ...queries.userPages({ ...(q && { q }), ...(active && { active: active as 'true' | 'false' }), ...(set && { permission_set: set }) }), placeholderData: keepPreviousData });
  return (
    <>
      <PageTitle aside={<Group gap="xs"><ImportUsers /><Button variant="default" component="a" href="/api/v1/users/export" download="users.csv">Export</Button><Button component={Link} to="/setup/users/new">New user</Button></Group>}>Users</PageTitle>
      <QuickFind />
      <Group gap="sm" className="filters" mb="sm">
        <TextInput type="search" aria-label="Find a user" placeholder="Name, e-mail, number or identifier" flex="1 1 220px" maw={360} value={find} onChange={(e) => setFind(e.currentTarget.value)} />
        <NativeSelect aria-label="Active" value={active} onChange={(e) => setActive(e.currentTarget.value)} data={[{ value: '', label: 'Active or not' }, { value: 'true', label: 'Active' }, { value: 'false', label: 'Not active' }]} />
        <NativeSelect aria-label="Permission set" maw={260} value={set} onChange={(e) => setSet(e.currentTarget.value)} data={[{ value: '', label: 'Any permission set' }, ...(sets.data?.items ?? [])]} />
      </Group>
      <Loaded query={query} rows={8}>
        {(data) => {
          const users = data.pages.flatMap((p) => p.items);
          if (users.length === 0) return <Empty title="Nobody found">{filtered ? 'No user fits these filters.' : 'There are no users yet. Make one, or import a file.'}</Empty>;
          return (
            <>
              <Table.ScrollContainer minWidth={300}>
                <Table verticalSpacing="xs" highlightOnHover aria-rowcount={query.hasNextPage ? -1 : users.length + 1}>
                  <Table.Thead><Table.Tr><Table.Th>Name</Table.Th><Table.Th className="wide">Matched by</Table.Th><Table.Th className="wide">Permission sets</Table.Th></Table.Tr></Table.Thead>
                  <LongBody items={users}>{(u, i) => <Row key={u.id} user={u} index={i} />}</LongBody>
                </Table>
              </Table.ScrollContainer>
              <More query={query} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}
