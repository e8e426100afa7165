import { Button, Card, Checkbox, Code, CopyButton, Group, PasswordInput, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure, Loaded, PageTitle } from '../../components/states';
import { type SSOSettings, api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';
import { QuickFind } from './quick-find';

function SSOForm({ settings }: { settings: SSOSettings }) {
  const { secret_set: kept, callback, ...rest } = settings;
  const [form, setForm] = useState(rest);
  const [secret, setSecret] = useState('');
  const set = <K extends keyof typeof form>(key: K, value: (typeof form)[K]) => setForm((f) => ({ ...f, [key]: value }));
  const sameClient = form.issuer === settings.issuer && form.client_id === settings.client_id;
  const save = useMutation({
    mutationFn: () => unwrap(api.PUT('/api/v1/settings/sso', { body: { ...form, ...(secret && { secret }) } })),
    onSuccess: (saved) => {
      setSecret('');
      queryClient.setQueryData(queries.sso().queryKey, saved);
      notifications.show({ message: saved.enabled ? 'Single sign-on is on. Try it in another browser before you sign out here.' : 'Single sign-on is off.' });
    },
  });
  return (
    <Card withBorder maw={680}>
      <form onSubmit={(e) => { e.preventDefault(); save.mutate(); }}>
        <Stack>
          <Switch label="Single sign-on" description="Shows a button on the sign-in page. Passwords go on to work, so that there is always a way back in." checked={form.enabled} onChange={(e) => set('enabled', e.currentTarget.checked)} />
          <div>
            <Text size="sm" fw={500}>Redirect address</Text>
            <Text size="xs" c="dimmed" mb={4}>Register it for Earshot at your OpenID provider, as a web application with authorization code and PKCE</Text>
            <Group gap="xs"><Code style={{ overflowWrap: 'anywhere' }}>{callback}</Code><CopyButton value={callback}>{({ copied, copy }) => <Button size="compact-xs" variant="default" aria-label="Copy the redirect address" onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>}</CopyButton></Group>
          </div>
          <TextInput label="Issuer" description="Address of the provider, such as https://login.company.example" required={form.enabled} value={form.issuer} onChange={(e) => set('issuer', e.currentTarget.value)} />
          <TextInput label="Client ID" required={form.enabled} value={form.client_id} onChange={(e) => set('client_id', e.currentTarget.value)} />
          <PasswordInput label="Client secret" description={kept && sameClient ? 'One is kept. Leave empty to keep it.' : 'Kept encrypted, for this issuer and client only'} autoComplete="off" value={secret} onChange={(e) => setSecret(e.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }} />
          <TagsInput label="Allowed domains" description="Only e-mail addresses of these domains may sign in; none: all that the provider has verified" placeholder={form.domains.length === 0 ? 'company.example' : ''} value={form.domains} onChange={(v) => set('domains', v)} />
          <Checkbox label="Create users automatically" description="Who is no user yet becomes one, without permission sets. Needs allowed domains." checked={form.create_users} onChange={(e) => set('create_users', e.currentTarget.checked)} />
          <TextInput label="Text of the button" placeholder="Sign in with single sign-on" maxLength={60} value={form.button} onChange={(e) => set('button', e.currentTarget.value)} />
          {save.error && <Failure error={save.error} />}
          <Group><Button type="submit" loading={save.isPending}>Save</Button></Group>
        </Stack>
      </form>
    </Card>
  );
}

/** Setup > Single Sign-On. */
export function SSOPage() {
  const query = useQuery(queries.sso());
  return (
    <>
      <PageTitle>Single Sign-On</PageTitle>
      <QuickFind />
      <Stack>
        <Text c="dimmed">People sign in with the account they have at your company’s OpenID provider. They are known by their verified e-mail address.</Text>
        <Loaded query={query} rows={6}>{(data) => <SSOForm settings={data} />}</Loaded>
      </Stack>
    </>
  );
}
