import { Button, Divider, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Failure } from '../../components/states';
import { type Transcript, api, unwrap } from '../../lib/api';
import { speakerName } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';

type Speaker = 'agent' | 'customer' | 'speaker_1' | 'speaker_2';
type Change = { swap?: boolean; merge?: Speaker; into?: Speaker; rename?: Speaker; name?: string };

/** The name of one speaker, saved by itself. */
function Name({ speaker, given, onSave, pending }: { speaker: Speaker; given: string; onSave: (name: string) => void; pending: boolean }) {
  const [name, setName] = useState(given);
  return (
    <form onSubmit={(e) => { e.preventDefault(); onSave(name); }}>
      <Group gap="xs" align="end" wrap="nowrap">
        <TextInput flex={1} label={`Name of ${speakerName(speaker)}`} placeholder={speakerName(speaker)} value={name} maxLength={100} onChange={(e) => setName(e.currentTarget.value)} />
        <Button type="submit" variant="default" disabled={pending || name.trim() === given}>Save</Button>
      </Group>
    </form>
  );
}

/** Who is who in a call: names, sides that were taken for each other, voices that are one person. */
export function Speakers({ callId, transcript }: { callId: string; transcript: Transcript }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)}>Speakers</Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title="Speakers">{opened && <Form callId={callId} transcript={transcript} />}</Dialog>
    </>
  );
}

function Form({ callId, transcript }: { callId: string; transcript: Transcript }) {
  const change = useMutation({
    mutationFn: (body: Change) => unwrap(api.PUT('/api/v1/calls/{id}/speakers', { params: { path: { id: callId } }, body })),
    onSuccess: (call) => queryClient.setQueryData(queries.call(callId).queryKey, call),
  });
  const heard = [...new Set(transcript.lines.map((l) => l.speaker))] as Speaker[];
  const [a, b] = heard;
  const name = (s: Speaker) => speakerName(s, transcript.names);
  return (
    <Stack gap="md">
      {heard.map((s) => <Name key={`${s} ${transcript.names?.[s] ?? ''}`} speaker={s} given={transcript.names?.[s] ?? ''} pending={change.isPending} onSave={(n) => change.mutate({ rename: s, name: n })} />)}
      {a && b && (
        <>
          <Divider />
          <Text size="sm">Were they taken for each other, or is it one person?</Text>
          <Group gap="xs">
            <Button variant="default" loading={change.isPending} onClick={() => change.mutate({ swap: true })}>Swap {name(a)} and {name(b)}</Button>
            <Button variant="subtle" disabled={change.isPending} onClick={() => change.mutate({ merge: b, into: a })}>All is said by {name(a)}</Button>
            <Button variant="subtle" disabled={change.isPending} onClick={() => change.mutate({ merge: a, into: b })}>All is said by {name(b)}</Button>
          </Group>
        </>
      )}
      {change.isSuccess && <Text size="sm" role="status">Saved. It stays so when the call is transcribed again.</Text>}
      {change.error && <Failure error={change.error} />}
    </Stack>
  );
}
