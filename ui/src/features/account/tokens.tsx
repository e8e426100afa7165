import { Button, Card, Checkbox, Code, CopyButton, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Failure, Loaded } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';
import { TokenList } from './token-list';

const refresh = () => queryClient.invalidateQueries({ queryKey: ['account', 'tokens'] });
const lives = [{ value: '30', label: 'In 30 days' }, { value: '90', label: 'In 90 days' }, { value: '365', label: 'In a year' }, { value: '', label: 'Never' }];

/** The one moment at which a token can be copied. */
function Shown({ token, done }: { token: string; done: () => void }) {
  return (
    <Stack>
      <Text size="sm">Copy the token now. It is not kept and cannot be shown again.</Text>
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{token}</Code>
      <Text size="sm">Programs send it with each request as <Code>Authorization: Bearer …</Code></Text>
      <Group justify="flex-end"><CopyButton value={token}>{({ copied, copy }) => <Button variant="default" data-autofocus onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>}</CopyButton><Button onClick={done}>Done</Button></Group>
    </Stack>
  );
}

function NewToken({ close }: { close: () => void }) {
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [readOnly, setReadOnly] = useState(false);
  const create = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/account/tokens', { body: { name, read_only: readOnly, ...(days && { expires_at: new Date(Date.now() + Number(days) * 86_400_000).toISOString() }) } })),
    onSuccess: refresh,
  });
  if (create.data) return <Shown token={create.data.token} done={close} />;
  return (
    <form onSubmit={(e) => { e.preventDefault(); create.mutate(); }}>
      <Stack>
        <TextInput label="Name" description="What it is for" required maxLength={100} data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <NativeSelect label="Expires" data={lives} value={days} onChange={(e) => setDays(e.currentTarget.value)} />
        <Checkbox label="Read-only" description="May look at everything that you may, and change nothing" checked={readOnly} onChange={(e) => setReadOnly(e.currentTarget.checked)} />
        {create.error && <Failure error={create.error} />}
        <Group justify="flex-end"><Button variant="default" onClick={close}>Cancel</Button><Button type="submit" loading={create.isPending}>Make token</Button></Group>
      </Stack>
    </form>
  );
}

/** One's own API tokens. */
export function Tokens({ allowed }: { allowed: boolean }) {
  const query = useQuery(queries.ownTokens());
  const [making, setMaking] = useState(false);
  const revoke = useMutation({ mutationFn: (id: string) => unwrap(api.DELETE('/api/v1/account/tokens/{id}', { params: { path: { id } } })), onSuccess: refresh });
  return (
    <Card withBorder component="section" aria-label="API tokens">
      <Stack>
        <Group justify="space-between">
          <div><Title order={2} size="h4">API tokens</Title><Text size="sm" c="dimmed">Let programs act as you. {allowed ? 'Give each program its own.' : 'You need the permission API Enabled; ask an admin.'}</Text></div>
          {allowed && <Button variant="default" onClick={() => setMaking(true)}>New token</Button>}
        </Group>
        <Loaded query={query} rows={2}>
          {(data) => (data.items.length === 0 ? <Text size="sm" c="dimmed">You have no API token.</Text> : <TokenList tokens={data.items} revoke={revoke.mutateAsync} error={revoke.error} busy={revoke.isPending} />)}
        </Loaded>
      </Stack>
      <Dialog opened={making} onClose={() => setMaking(false)} title="New API token">{making && <NewToken close={() => setMaking(false)} />}</Dialog>
    </Card>
  );
}
