import { Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';

import { Dialog } from '../../components/dialog';
import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { filterQuery } from '../../lib/filter';
import { many } from '../../lib/format';
import { type VCCallFilter, queryClient } from '../../lib/queries';

/** How many were started again, in words. */
const told = (count: number): string => (count === 0 ? 'Nothing to retry: all of these calls are processed.' : `${many(count, 'call')} started again.`);

/** Starts all calls again that a filter selects, once that was confirmed. */
export function RetryAll({ filter }: { filter: VCCallFilter }) {
  const [open, { open: ask, close }] = useDisclosure();
  const label = Object.keys(filter).length > 0 ? 'Retry all of this filter' : 'Retry all';
  const retry = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/vc-calls/retry', { body: filterQuery(filter) })),
    onSuccess: ({ count }) => { close(); notifications.show({ message: told(count) }); return queryClient.invalidateQueries({ queryKey: ['vc-calls'] }); },
  });
  return (
    <>
      <Button variant="default" disabled={filter.state === 'processed'} onClick={() => { retry.reset(); ask(); }}>{label}</Button>
      <Dialog opened={open} onClose={close} title={`${label}?`}>
        <Stack>
          <Text size="sm">Every call {Object.keys(filter).length > 0 ? 'that these filters select' : 'that ever arrived'} and that is not processed starts again, and its provider is asked anew. Processed calls stay as they are. Calls for which nothing has changed end where they are now.</Text>
          {retry.error && <Failure error={retry.error} />}
          <Group justify="flex-end"><Button variant="default" data-autofocus onClick={close}>Cancel</Button><Button loading={retry.isPending} onClick={() => retry.mutate()}>Retry</Button></Group>
        </Stack>
      </Dialog>
    </>
  );
}
