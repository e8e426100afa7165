import { Button, Card, Center, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { queryClient } from '../../lib/queries';

const toggle = { visibilityToggleButtonProps: { 'aria-label': 'Show password' } };

/** Where a link of an admin leads. Its secret stands behind #, so that it is in no log of a server. */
export function SetPasswordPage() {
  const [link] = useState(() => window.location.hash.slice(1));
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const differs = again !== '' && again !== password;
  const save = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/password', { body: { link, password } })),
    onSuccess: () => { queryClient.clear(); window.location.assign('/'); },
  });
  return (
    <Center mih="100vh" p="md" component="main">
      <Card withBorder w="100%" maw={400} p="xl" shadow="sm">
        <form onSubmit={(e) => { e.preventDefault(); if (!differs) save.mutate(); }}>
          <Stack>
            <img src="/logo.svg" width={44} height={44} alt="" />
            <div><Title order={1} size="h2">Choose a password</Title><Text c="dimmed" size="sm">At least 10 characters. You are signed in with it at once, and signed out everywhere else.</Text></div>
            {!link && <Text role="alert" size="sm">This address is not whole. Open the link that your admin sent you again.</Text>}
            {save.error && <Failure error={save.error} />}
            <PasswordInput label="Password" autoComplete="new-password" required minLength={10} autoFocus value={password} onChange={(e) => setPassword(e.currentTarget.value)} {...toggle} />
            <PasswordInput label="Password again" autoComplete="new-password" required value={again} error={differs && 'This is not the same password'} onChange={(e) => setAgain(e.currentTarget.value)} {...toggle} />
            <Button type="submit" disabled={!link || differs} loading={save.isPending}>Save and sign in</Button>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
