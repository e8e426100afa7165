import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { components } from '../../api/schema';
import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';

type Mend = components['schemas']['Mend'];
type Done = (body: { action: Exclude<Mend['action'], 'open'>; value?: string; user_id?: string; set?: string }) => void;

/** What can be done about a VC Call, the most fitting first. */
export function Mends({ id, mends }: { id: string; mends: Mend[] }) {
  const mend = useMutation({
    mutationFn: (body: Parameters<Done>[0]) => unwrap(api.POST('/api/v1/vc-calls/{id}/mend', { params: { path: { id } }, body })),
    onSuccess: (data) => queryClient.setQueryData(queries.vcCall(id).queryKey, data),
  });
  return (
    <Stack gap="md">
      {mends.map((m) => <OneMend key={m.action + m.value} mend={m} busy={mend.isPending} act={mend.mutate} />)}
      {mend.error && <Failure error={mend.error} />}
    </Stack>
  );
}

function OneMend({ mend: m, busy, act }: { mend: Mend; busy: boolean; act: Done }) {
  if (m.action === 'open') return <Group><Button component={Link} to={m.value} variant="default">{m.label}</Button></Group>;
  const { action, value } = m;
  if (action === 'assign_user') return <AssignUser mend={m} busy={busy} act={act} />;
  if (action === 'grant_set') return <GrantSet mend={m} busy={busy} act={act} />;
  return <Stack gap={4}><Group><Button variant={action === 'retry' ? 'default' : 'filled'} loading={busy} onClick={() => act({ action, ...(value && { value }) })}>{m.label}</Button></Group>{m.effect && <Text size="sm" c="dimmed">{m.effect}</Text>}</Stack>;
}

function AssignUser({ mend: m, busy, act }: { mend: Mend; busy: boolean; act: Done }) {
  const users = useQuery(queries.users());
  const [user, setUser] = useState('');
  const options = [{ value: '', label: 'Choose a user' }, ...(users.data?.items ?? []).filter((u) => u.active).map((u) => ({ value: u.id, label: `${u.name}, ${u.email}` }))];
  return (
    <Group align="flex-end" gap="sm">
      <NativeSelect label={m.field === 'phone' ? `Whose phone is ${m.value}?` : `Whose ${m.field} is ${m.value}?`} description={m.effect} data={options} value={user} onChange={(e) => setUser(e.currentTarget.value)} flex="1 1 260px" maw={460} />
      <Button loading={busy} disabled={!user} onClick={() => act({ action: 'assign_user', value: m.value, user_id: user })}>{m.label}</Button>
    </Group>
  );
}

function GrantSet({ mend: m, busy, act }: { mend: Mend; busy: boolean; act: Done }) {
  const sets = useQuery(queries.permissionSets());
  const [set, setSet] = useState('');
  const options = sets.data?.insight_sets ?? [];
  return (
    <Group align="flex-end" gap="sm">
      <NativeSelect label="Permission set" description={m.effect} data={options} value={set || options[0]} onChange={(e) => setSet(e.currentTarget.value)} flex="1 1 260px" maw={460} />
      <Button loading={busy} disabled={options.length === 0} onClick={() => act({ action: 'grant_set', set: set || (options[0] ?? '') })}>{m.label}</Button>
    </Group>
  );
}
