import { Button, Card, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { queryClient } from '../../lib/queries';

/** Where to go after signing in: only a path of our own. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

export function LoginPage() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const login = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/session', { body: { email, password } })),
    onSuccess: () => { queryClient.clear(); window.location.assign(nextPath(window.location.search)); },
  });
  return (
    <Center mih="100vh" p="md" component="main">
      <Card withBorder w="100%" maw={400} p="xl" shadow="sm">
        <form onSubmit={(e) => { e.preventDefault(); login.mutate(); }}>
          <Stack>
            <img src="/logo.svg" width={44} height={44} alt="" />
            <div><Title order={1} size="h2">Sign in to Earshot</Title><Text c="dimmed" size="sm">Calls, transcripts and insights of your company.</Text></div>
            {login.error && <Failure error={login.error} />}
            <TextInput label="E-mail" type="email" autoComplete="username" required autoFocus value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
            <PasswordInput label="Password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': 'Show password' }} />
            <Button type="submit" loading={login.isPending}>Sign in</Button>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
