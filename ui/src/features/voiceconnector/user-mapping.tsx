import { Button, Group, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { LongBody, ROW_HEIGHT } from '../../components/rows';
import { Empty, Failure, Loaded, NotAllowed, PageTitle } from '../../components/states';
import { type ProviderUser, api, unwrap } from '../../lib/api';
import { many } from '../../lib/format';
import { useProviderName } from '../../lib/providers';
import { queries, queryClient } from '../../lib/queries';
import { ChooseUser } from './choose-user';
import { type Choices, isOpen, linksOf, wanted } from './user-links';

const BY: Record<string, string> = { email: 'same e-mail', phone: 'same phone', name: 'same name' };

/** What becomes of a person, in words. */
function standing(p: ProviderUser, choices: Choices): string {
  if (!isOpen(p, choices)) return p.user_id ? 'Linked' : 'No user';
  if (choices[p.identifier] !== undefined) return wanted(p, choices) ? 'Chosen, not saved' : 'Removed, not saved';
  return `Suggested: ${BY[p.suggested_by] ?? ''}`;
}

function Row({ person: p, choices, name, choose }: { person: ProviderUser; choices: Choices; name: (id: string) => string; choose: () => void }) {
  const user = wanted(p, choices);
  const called = p.name || p.email || p.identifier;
  return (
    <Table.Tr h={ROW_HEIGHT}>
      <Table.Td maw={240}><Text className="truncate" title={called}>{called}</Text><Text size="sm" c="dimmed" className="truncate" title={[p.email, ...p.phones].join(', ')}>{[p.email, ...p.phones].filter(Boolean).join(', ')}</Text></Table.Td>
      <Table.Td className="wide truncate" maw={160} title={p.identifier}>{p.identifier}</Table.Td>
      <Table.Td maw={240}><Text className="truncate" title={name(user)}>{name(user) || '–'}</Text><Text size="sm" c="dimmed">{standing(p, choices)}</Text></Table.Td>
      <Table.Td ta="right"><Button size="xs" variant="default" aria-label={`${user ? 'Change' : 'Choose'} the user of ${called}`} onClick={choose}>{user ? 'Change' : 'Choose'}</Button></Table.Td>
    </Table.Tr>
  );
}

function Mapping({ provider, people }: { provider: string; people: ProviderUser[] }) {
  const users = useQuery(queries.users());
  const [choices, setChoices] = useState<Choices>({});
  const [asked, setAsked] = useState<ProviderUser>();
  const [search, setSearch] = useState('');
  const [show, setShow] = useState('all');
  const byID = new Map((users.data?.items ?? []).map((u) => [u.id, u.name]));
  const links = linksOf(people, choices);
  const text = search.trim().toLowerCase();
  const shown = people.filter((p) => (show === 'all' || (show === 'linked') === !!p.user_id) && `${p.name} ${p.email} ${p.identifier} ${p.phones.join(' ')} ${byID.get(wanted(p, choices)) ?? ''}`.toLowerCase().includes(text));
  const save = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/users', { params: { path: { provider } }, body: { links } })),
    onSuccess: async ({ count }) => {
      notifications.show({ message: `${many(count, 'user')} changed. Unmatched calls that fit them start again.` });
      await Promise.all([['users'], ['connectors', provider, 'users']].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
      setChoices({});
    },
  });
  const without = people.filter((p) => !p.user_id).length;
  return (
    <Stack>
      <Group align="end">
        <TextInput label="Search" type="search" value={search} onChange={(e) => setSearch(e.currentTarget.value)} />
        <NativeSelect label="Show" value={show} onChange={(e) => setShow(e.currentTarget.value)} data={[{ value: 'all', label: `All (${people.length.toLocaleString()})` }, { value: 'without', label: `Without a user (${without.toLocaleString()})` }, { value: 'linked', label: `Linked (${(people.length - without).toLocaleString()})` }]} />
        <Button disabled={links.length === 0} loading={save.isPending} onClick={() => save.mutate()}>{links.length === 0 ? 'Link users' : `Link ${many(links.length, 'user')}`}</Button>
      </Group>
      {save.error && <Failure error={save.error} />}
      {users.error && <Failure error={users.error} retry={() => void users.refetch()} />}
      {shown.length === 0 ? <Empty title="Nobody matches">Search for something else, or show all.</Empty> : (
        <Table.ScrollContainer minWidth={480}>
          <Table aria-rowcount={shown.length + 1}>
            <Table.Thead><Table.Tr><Table.Th>At the provider</Table.Th><Table.Th className="wide">Identifier</Table.Th><Table.Th>User here</Table.Th><Table.Th><span className="visually-hidden">Choose</span></Table.Th></Table.Tr></Table.Thead>
            <LongBody items={shown}>{(p, i) => <Row key={`${p.identifier} ${i}`} person={p} choices={choices} name={(id) => byID.get(id) ?? ''} choose={() => setAsked(p)} />}</LongBody>
          </Table>
        </Table.ScrollContainer>
      )}
      {asked && <ChooseUser person={asked} now={wanted(asked, choices)} onClose={() => setAsked(undefined)} onChoose={(user) => { setChoices({ ...choices, [asked.identifier]: user }); setAsked(undefined); }} />}
    </Stack>
  );
}

/** The provider's users beside ours: who is who. Confirming fills the identifier fields. */
export function UserMappingPage() {
  const { provider = '' } = useParams({ strict: false });
  const session = useQuery(queries.session());
  const may = !!session.data?.user?.permissions.includes('Manage Users');
  const query = useQuery({ ...queries.providerUsers(provider), enabled: may });
  const name = useProviderName()(provider);
  if (session.data && !may) return <NotAllowed page="Map users" />;
  return (
    <>
      <PageTitle back={{ to: `/voice-connector/${provider}`, label: name }}>Map users</PageTitle>
      <Stack>
        <Text c="dimmed">Who is who: the users of {name} beside those here. Calls find their user by the identifier; suggestions come from the same e-mail, phone or name.</Text>
        <Loaded query={query}>{(data) => (data.items.length === 0 ? <Empty title={`${name} lists no users`}>Add users there, or check with Test which permission the credential lacks.</Empty> : <Mapping provider={provider} people={data.items} />)}</Loaded>
      </Stack>
    </>
  );
}
