import { Button, Code, CopyButton, Fieldset, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';

import { Failure } from '../../components/states';
import { type User, api, unwrap } from '../../lib/api';
import { many, when } from '../../lib/format';

/** How a user gets in: a link to set a password, and an end to all sessions. */
export function UserAccess({ user }: { user: User }) {
  const path = { params: { path: { id: user.id } } };
  const link = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/users/{id}/password-link', path)) });
  const out = useMutation({ mutationFn: () => unwrap(api.DELETE('/api/v1/users/{id}/sessions', path)), onSuccess: ({ sessions }) => notifications.show({ message: `${many(sessions, 'session')} of ${user.name} ended.` }) });
  const error = link.error ?? out.error;
  return (
    <Fieldset legend="Access">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">Send {user.name} a link with which they set a password, for a first sign-in or when it is forgotten. It can be used once; earlier links end.</Text>
        <Group>
          <Button variant="default" loading={link.isPending} onClick={() => link.mutate()}>Make password link</Button>
          <Button variant="default" loading={out.isPending} onClick={() => out.mutate()}>Sign out everywhere</Button>
        </Group>
        {link.data && (
          <Stack gap={6}>
            <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{link.data.url}</Code>
            <Group><CopyButton value={link.data.url}>{({ copied, copy }) => <Button size="xs" onClick={copy}>{copied ? 'Copied' : 'Copy link'}</Button>}</CopyButton><Text size="sm">Works until {when(link.data.expires_at)}. Whoever has it can sign in as {user.name}.</Text></Group>
          </Stack>
        )}
        {error && <Failure error={error} />}
      </Stack>
    </Fieldset>
  );
}
