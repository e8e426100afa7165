import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Failure } from '../../components/states';
import { type Call, api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';

/** Lets a processed call go through its last stages again; for those who may change all data. */
export function Again({ call }: { call: Call }) {
  const [opened, setOpened] = useState(false);
  const session = useQuery(queries.session());
  const start = useMutation({
    mutationFn: (stage: 'analyze' | 'transcribe') => unwrap(api.POST('/api/v1/reanalyses', { body: { stage, call_id: call.id } })),
    onSuccess: async () => { setOpened(false); await queryClient.invalidateQueries({ queryKey: queries.call(call.id).queryKey }); },
  });
  if (call.state !== 'processed' || !session.data?.user?.permissions.includes('Modify All Data')) return null;
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)}>Analyse again</Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title="Analyse this call again">
        <Stack>
          <Text size="sm">With the engine, language and insight types as they are set now. What people corrected stays.</Text>
          <Group gap="xs">
            <Button loading={start.isPending} onClick={() => start.mutate('transcribe')}>Transcribe again</Button>
            <Button variant="default" disabled={start.isPending} onClick={() => start.mutate('analyze')}>Only find insights again</Button>
          </Group>
          {start.error && <Failure error={start.error} />}
        </Stack>
      </Dialog>
    </>
  );
}
