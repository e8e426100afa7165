import { Button, Card, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { queryClient } from '../../lib/queries';

const toggle = { visibilityToggleButtonProps: { 'aria-label': 'Show password' } };

/** Changes one's own password; who knows the old one may. */
export function Password() {
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const change = useMutation({
    mutationFn: () => unwrap(api.PUT('/api/v1/account/password', { body: { old, new: fresh } })),
    onSuccess: () => {
      setOld(''); setFresh(''); setAgain('');
      notifications.show({ message: 'The password is changed. You are signed out everywhere else.' });
      return queryClient.invalidateQueries({ queryKey: ['account', 'sessions'] });
    },
  });
  const differs = again !== '' && again !== fresh;
  return (
    <Card withBorder component="section" aria-label="Password">
      <form onSubmit={(e) => { e.preventDefault(); if (!differs) change.mutate(); }}>
        <Stack maw={420}>
          <div><Title order={2} size="h4">Password</Title><Text size="sm" c="dimmed">At least 10 characters. Your other sessions end when you change it.</Text></div>
          <PasswordInput label="Old password" autoComplete="current-password" required value={old} onChange={(e) => setOld(e.currentTarget.value)} {...toggle} />
          <PasswordInput label="New password" autoComplete="new-password" required minLength={10} value={fresh} onChange={(e) => setFresh(e.currentTarget.value)} {...toggle} />
          <PasswordInput label="New password again" autoComplete="new-password" required value={again} error={differs && 'This is not the same password'} onChange={(e) => setAgain(e.currentTarget.value)} {...toggle} />
          {change.error && <Failure error={change.error} />}
          <Group><Button type="submit" loading={change.isPending} disabled={differs}>Change password</Button></Group>
        </Stack>
      </form>
    </Card>
  );
}
