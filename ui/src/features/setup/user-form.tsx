import { Button, Checkbox, Fieldset, Group, NativeSelect, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { Failure } from '../../components/states';
import { type User, api, unwrap } from '../../lib/api';
import { when } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';
import { type Period, UserPhones } from './user-phones';

export const held = (u: User) => u.permission_sets.filter((s) => !s.to).map((s) => s.set);

type Form = { name: string; email: string; profile: string; active: boolean; manager: string; identifiers: Record<string, string>; phones: Period[]; sets: string[] };

const formOf = (u?: User): Form => ({
  name: u?.name ?? '', email: u?.email ?? '', profile: u?.profile ?? 'Standard User', active: u?.active ?? true, manager: u?.manager_id ?? '', identifiers: u?.identifiers ?? {}, phones: u?.phones ?? [], sets: u ? held(u) : [],
});

function useSave(user: User | undefined, form: Form) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => {
      const body = {
        name: form.name, email: form.email, profile: form.profile, active: form.active, manager_id: form.manager, identifiers: form.identifiers, permission_sets: form.sets,
        ...(form.phones.some((p) => p.number) ? { phone_periods: form.phones.filter((p) => p.number.trim()) } : { phones: [] }), ...(user && { last_modified_at: user.last_modified_at }),
      };
      return user ? unwrap(api.PUT('/api/v1/users/{id}', { params: { path: { id: user.id } }, body })) : unwrap(api.POST('/api/v1/users', { body }));
    },
    onSuccess: async (saved) => {
      queryClient.setQueryData(queries.user(saved.id).queryKey, saved);
      notifications.show({ message: `${saved.name} is saved. Calls that nobody was found for are looked at again.` });
      await Promise.all([queryClient.invalidateQueries({ queryKey: ['users', 'all'] }), queryClient.invalidateQueries({ queryKey: ['users', 'list'] })]);
      if (!user) void navigate({ to: '/setup/users/$id', params: { id: saved.id } });
    },
  });
}

/** All that is known of a user, as a form. */
export function UserForm({ user }: { user?: User }) {
  const [form, setForm] = useState(() => formOf(user));
  const set = <K extends keyof Form>(key: K, value: Form[K]) => setForm((f) => ({ ...f, [key]: value }));
  const sets = useQuery(queries.permissionSets());
  const connectors = useQuery(queries.connectors());
  const users = useQuery(queries.users());
  const save = useSave(user, form);
  const broken = [sets, connectors, users].filter((q) => q.error && !q.data);
  const past = user?.permission_sets.filter((s) => s.to) ?? [];
  const managers = [{ value: '', label: 'Nobody' }, ...(users.data?.items ?? []).filter((u) => u.id !== user?.id && u.active).map((u) => ({ value: u.id, label: u.name }))];
  return (
    <form onSubmit={(e) => { e.preventDefault(); save.mutate(); }}>
      <Stack>
        {broken[0]?.error && <Failure error={broken[0].error} retry={() => broken.forEach((q) => void q.refetch())} />}
        <Fieldset legend="Person">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label="Name" required value={form.name} maxLength={200} onChange={(e) => set('name', e.currentTarget.value)} />
            <TextInput label="E-mail" type="email" required value={form.email} onChange={(e) => set('email', e.currentTarget.value)} />
            <NativeSelect label="Profile" data={sets.data?.profiles.includes(form.profile) ? sets.data.profiles : [form.profile, ...(sets.data?.profiles ?? [])]} value={form.profile} onChange={(e) => set('profile', e.currentTarget.value)} />
            <NativeSelect label="Manager" inputWrapperOrder={['label', 'input', 'description', 'error']} description="Sees the calls of everybody below" data={managers} value={form.manager} onChange={(e) => set('manager', e.currentTarget.value)} />
          </SimpleGrid>
          {user && <Switch mt="md" label="Active" description="Who is not active cannot sign in; their calls stay" checked={form.active} onChange={(e) => set('active', e.currentTarget.checked)} />}
        </Fieldset>
        <Fieldset legend="Identifiers">
          <Text size="sm" c="dimmed" mb="xs">How each provider names the user. Calls are matched by them first.</Text>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {connectors.data?.items.map((c) => <TextInput key={c.provider} label={c.identifier_field} value={form.identifiers[c.provider] ?? ''} onChange={(e) => set('identifiers', { ...form.identifiers, [c.provider]: e.currentTarget.value })} />)}
          </SimpleGrid>
        </Fieldset>
        <UserPhones phones={form.phones} onChange={(phones) => set('phones', phones)} />
        <Fieldset legend="Permission sets">
          <Checkbox.Group label="Held now" description="Calls are processed for users who held an insights permission set when the call took place" value={form.sets} onChange={(v) => set('sets', v)}>
            <Stack gap={8} mt="xs">{(sets.data?.sets ?? []).map((s) => <Checkbox key={s.name} value={s.name} label={s.insight ? `${s.name} (insights)` : s.name} description={sinceOf(user, s.name)} />)}</Stack>
          </Checkbox.Group>
          {past.length > 0 && <Stack gap={2} mt="sm"><Text size="sm" fw={600}>Held before</Text>{past.map((p, i) => <Text key={i} size="sm">{p.set}: {p.from ? when(p.from) : 'always'} to {when(p.to)}</Text>)}</Stack>}
        </Fieldset>
        {save.error && <Failure error={save.error} />}
        <Group><Button type="submit" loading={save.isPending}>Save</Button></Group>
        {user && <Text size="sm" c="dimmed">Last Modified Date: {when(user.last_modified_at)}. Where several users match a call, the one modified last gets it.</Text>}
      </Stack>
    </form>
  );
}

/** Since when a set is held. */
function sinceOf(user: User | undefined, set: string): string | undefined {
  const now = user?.permission_sets.find((s) => s.set === set && !s.to);
  return now && (now.from ? `since ${when(now.from)}` : 'for all calls');
}
