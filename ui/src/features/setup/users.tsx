import { Badge, Button, Checkbox, Group, NativeSelect, Stack, Table, Text, TextInput, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Empty, Failure, Loaded, PageTitle } from '../../components/states';
import type { User } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { pastedNumbers, phone } from '../../lib/format';
import { useProviderName } from '../../lib/providers';
import { queries, queryClient } from '../../lib/queries';
import { QuickFind } from './quick-find';

const held = (u: User) => u.permission_sets.filter((s) => !s.to).map((s) => s.set);
const phones = (u: User) => u.phones.filter((p) => !p.to).map((p) => p.number);

function UserForm({ user, onDone }: { user?: User; onDone: () => void }) {
  const sets = useQuery(queries.permissionSets());
  const connectors = useQuery(queries.connectors());
  const [form, setForm] = useState({
    name: user?.name ?? '', email: user?.email ?? '', profile: user?.profile ?? 'Standard User', identifiers: user?.identifiers ?? {},
    phones: user ? phones(user).join('\n') : '', sets: user ? held(user) : [],
  });
  const set = <K extends keyof typeof form>(key: K, value: (typeof form)[K]) => setForm((f) => ({ ...f, [key]: value }));
  const save = useMutation({
    mutationFn: () => {
      const body = { name: form.name, email: form.email, profile: form.profile, identifiers: form.identifiers, phones: pastedNumbers(form.phones), permission_sets: form.sets };
      return user ? unwrap(api.PUT('/api/v1/users/{id}', { params: { path: { id: user.id } }, body })) : unwrap(api.POST('/api/v1/users', { body }));
    },
    onSuccess: async () => { await queryClient.invalidateQueries({ queryKey: ['users'] }); onDone(); },
  });
  return (
    <form onSubmit={(e) => { e.preventDefault(); save.mutate(); }}>
      <Stack>
        <TextInput label="Name" required data-autofocus value={form.name} onChange={(e) => set('name', e.currentTarget.value)} />
        <TextInput label="E-mail" type="email" required value={form.email} onChange={(e) => set('email', e.currentTarget.value)} />
        <NativeSelect label="Profile" data={sets.data?.profiles ?? [form.profile]} value={form.profile} onChange={(e) => set('profile', e.currentTarget.value)} />
        {connectors.data?.items.map((c) => <TextInput key={c.provider} label={c.identifier_field} description={`How ${c.name} names the user: calls are matched by it first`} value={form.identifiers[c.provider] ?? ''} onChange={(e) => set('identifiers', { ...form.identifiers, [c.provider]: e.currentTarget.value })} />)}
        <Textarea label="Phones" description="One a line; calls are matched by them next" autosize minRows={2} value={form.phones} onChange={(e) => set('phones', e.currentTarget.value)} />
        <Checkbox.Group label="Permission sets" description="Calls are processed for users who held an insights permission set when the call took place" value={form.sets} onChange={(v) => set('sets', v)}>
          <Stack gap={6} mt="xs">{(sets.data?.items ?? form.sets).map((s) => <Checkbox key={s} value={s} label={sets.data?.insight_sets.includes(s) ? `${s} (insights)` : s} />)}</Stack>
        </Checkbox.Group>
        {save.error && <Failure error={save.error} />}
        <Group justify="flex-end"><Button variant="default" onClick={onDone}>Cancel</Button><Button type="submit" loading={save.isPending}>Save</Button></Group>
      </Stack>
    </form>
  );
}

export function UsersPage() {
  const query = useQuery(queries.users());
  const providerName = useProviderName();
  const [editing, setEditing] = useState<User | 'new' | undefined>();
  const [find, setFind] = useState('');
  const close = () => setEditing(undefined);
  return (
    <>
      <PageTitle aside={<Button onClick={() => setEditing('new')}>New user</Button>}>Users</PageTitle>
      <QuickFind />
      <TextInput type="search" aria-label="Find a user" placeholder="Name, e-mail or number" maw={360} mb="sm" value={find} onChange={(e) => setFind(e.currentTarget.value)} />
      <Loaded query={query}>
        {(data) => {
          const users = data.items.filter((u) => `${u.name} ${u.email} ${phones(u).join(' ')} ${Object.values(u.identifiers).join(' ')}`.toLowerCase().includes(find.trim().toLowerCase()));
          if (users.length === 0) return <Empty title="Nobody found">No user has “{find}” in name, e-mail, number or identifier.</Empty>;
          return (
            <Table.ScrollContainer minWidth={340}>
              <Table verticalSpacing="xs">
                <Table.Thead><Table.Tr><Table.Th>Name</Table.Th><Table.Th className="wide">Matched by</Table.Th><Table.Th>Permission sets</Table.Th><Table.Th><span className="visually-hidden">Edit</span></Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>
                  {users.map((u) => (
                    <Table.Tr key={u.id}>
                      <Table.Td maw={240}><Text fw={600} className="truncate" title={u.name}>{u.name}</Text><Text size="xs" c="dimmed" className="truncate" title={u.email}>{u.email} · {u.profile}</Text></Table.Td>
                      <Table.Td className="wide"><Text size="sm">{[...Object.entries(u.identifiers).filter(([, id]) => id).map(([p, id]) => `${providerName(p)} ${id}`), ...phones(u).map(phone)].join(', ') || '–'}</Text></Table.Td>
                      <Table.Td><Group gap={4}>{held(u).map((s) => <Badge key={s} variant="default" tt="none" maw={240} title={s}>{s}</Badge>)}{held(u).length === 0 && <Text size="sm" c="dimmed">none: calls are not processed</Text>}</Group></Table.Td>
                      <Table.Td ta="right"><Button size="xs" variant="default" aria-label={`Edit ${u.name}`} onClick={() => setEditing(u)}>Edit</Button></Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          );
        }}
      </Loaded>
      <Dialog opened={!!editing} onClose={close} title={editing === 'new' ? 'New user' : 'Edit user'}>
        {editing && <UserForm user={editing === 'new' ? undefined : editing} onDone={close} />}
      </Dialog>
    </>
  );
}
