import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';

import { Failure, Notice } from '../../components/states';
import type { Package } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { refreshInstalled } from './install';

/** Gives the guest user back what it needs to take events. */
export function MendGuestButton() {
  const mend = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/package/guest')), onSuccess: refreshInstalled });
  return (
    <Stack gap="xs">
      <Group><Button size="xs" loading={mend.isPending} onClick={() => mend.mutate()}>Give the guest user its permission sets back</Button></Group>
      {mend.error && <Failure error={mend.error} />}
    </Stack>
  );
}

/** How the guest user is, and what mends it. */
export function GuestMend({ app }: { app: Package }) {
  if (app.guest && app.guest_missing.length === 0) return <Text size="sm">{app.guest.name} holds Voice Connector Permission and Conversation Insights Integration User.</Text>;
  return (
    <Notice title="Events are refused" severe>
      <Text size="sm" mb="xs">{app.guest ? `${app.guest.name} lacks ${app.guest_missing.join(' and ')}.` : 'There is no Voice Connector Guest User.'}</Text>
      <MendGuestButton />
    </Notice>
  );
}
