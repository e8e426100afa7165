import { Button, Card, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { queryClient } from '../../lib/queries';

/** Makes the first admin with the code that the server prints where it was started. */
export function FirstRunPage() {
  const [form, setForm] = useState({ code: new URLSearchParams(window.location.search).get('code') ?? '', name: '', email: '', password: '' });
  const set = (key: keyof typeof form) => (e: { currentTarget: { value: string } }) => { const { value } = e.currentTarget; setForm((f) => ({ ...f, [key]: value })); };
  const setUp = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/setup', { body: form })),
    onSuccess: () => { queryClient.clear(); window.location.assign('/voice-connector'); },
  });
  return (
    <Center mih="100vh" p="md" component="main">
      <Card withBorder w="100%" maw={440} p="xl" shadow="sm">
        <form onSubmit={(e) => { e.preventDefault(); setUp.mutate(); }}>
          <Stack>
            <img src="/logo.svg" width={44} height={44} alt="" />
            <div><Title order={1} size="h2">Welcome to Earshot</Title><Text c="dimmed" size="sm">Make the first admin. Then connect your phone provider: it takes a few minutes.</Text></div>
            {setUp.error && <Failure error={setUp.error} />}
            <TextInput label="Setup code" description="Printed in the terminal where Earshot was started" required value={form.code} onChange={set('code')} />
            <TextInput label="Your name" required autoComplete="name" value={form.name} onChange={set('name')} />
            <TextInput label="E-mail" type="email" required autoComplete="username" value={form.email} onChange={set('email')} />
            <PasswordInput label="Password" description="At least 10 characters" required minLength={10} autoComplete="new-password" value={form.password} onChange={set('password')} visibilityToggleButtonProps={{ 'aria-label': 'Show password' }} />
            <Button type="submit" loading={setUp.isPending}>Start</Button>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
