import { Button, Group, Progress, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import type { VCCall } from '../../lib/api';
import { ApiError, api, unwrap } from '../../lib/api';
import { many } from '../../lib/format';
import { queryClient } from '../../lib/queries';

/** Starts the chosen calls again, one after the other, and tells how far it is. What has changed meanwhile is left out. */
export function RetryChosen({ calls, onDone }: { calls: VCCall[]; onDone: () => void }) {
  const [done, setDone] = useState(0);
  const retry = useMutation({
    mutationFn: async () => {
      let started = 0;
      setDone(0);
      for (const [i, c] of calls.entries()) {
        try {
          await unwrap(api.POST('/api/v1/vc-calls/{id}/retry', { params: { path: { id: c.id } } }));
          started++;
        } catch (e) {
          if (!(e instanceof ApiError) || ![404, 409, 422].includes(e.status)) throw e;
        }
        setDone(i + 1);
      }
      return started;
    },
    onSuccess: onDone,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['vc-calls'] }),
  });
  return (
    <>
      <Group>
        <Button disabled={calls.length === 0} loading={retry.isPending} onClick={() => retry.mutate()}>{calls.length === 0 ? 'Retry selected' : `Retry ${many(calls.length, 'call')}`}</Button>
        {retry.isPending && <Text size="sm" role="status">{done} of {calls.length}</Text>}
        {retry.isSuccess && <Text size="sm" role="status">{many(retry.data, 'call')} started again.</Text>}
      </Group>
      {retry.isPending && <Progress maw={480} value={(100 * done) / Math.max(calls.length, 1)} aria-label={`${done} of ${calls.length} calls`} />}
      {retry.error && <Failure error={retry.error} />}
    </>
  );
}
