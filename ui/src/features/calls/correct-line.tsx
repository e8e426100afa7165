import { Button, Group, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import { type Line, type Transcript, api, unwrap } from '../../lib/api';
import { speakerName } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';

type Speaker = 'agent' | 'customer' | 'speaker_1' | 'speaker_2';

/** Who may have said a line: the sides, and whoever is heard in the call. */
export const speakersOf = (t: Transcript): Speaker[] => [...new Set(['agent', 'customer', ...t.lines.map((l) => l.speaker)])] as Speaker[];

/** One line as a form: what was said, and by whom. */
export function CorrectLine({ callId, line, transcript, onDone }: { callId: string; line: Line; transcript: Transcript; onDone: () => void }) {
  const [text, setText] = useState(line.text);
  const [speaker, setSpeaker] = useState(line.speaker as Speaker);
  const path = { id: callId, line: line.id };
  const change = useMutation({
    mutationFn: (revert: boolean) => unwrap(revert ? api.DELETE('/api/v1/calls/{id}/lines/{line}/correction', { params: { path } }) : api.PUT('/api/v1/calls/{id}/lines/{line}', { params: { path }, body: { was: line.text, text, speaker } })),
    onSuccess: (call) => { queryClient.setQueryData(queries.call(callId).queryKey, call); onDone(); },
  });
  return (
    <form className="line-editor" aria-label="Correct a line" onSubmit={(e) => { e.preventDefault(); change.mutate(false); }} onKeyDown={(e) => { if (e.key === 'Escape') onDone(); }}>
      <Stack gap="xs">
        <Group gap="xs" align="end" wrap="wrap">
          <NativeSelect label="Speaker" size="xs" value={speaker} onChange={(e) => setSpeaker(e.currentTarget.value as Speaker)} data={speakersOf(transcript).map((s) => ({ value: s, label: speakerName(s, transcript.names) }))} />
        </Group>
        <Textarea label="What was said" description="Leave it empty if nothing was said here" autosize minRows={1} maxRows={8} data-autofocus autoFocus value={text} onChange={(e) => setText(e.currentTarget.value)} maxLength={20_000} />
        {change.error && <Failure error={change.error} />}
        <Group gap="xs">
          <Button type="submit" size="xs" loading={change.isPending} disabled={text.trim() === line.text && speaker === line.speaker}>Save</Button>
          <Button size="xs" variant="default" onClick={onDone}>Cancel</Button>
          {line.corrected && <Button size="xs" variant="subtle" onClick={() => change.mutate(true)} disabled={change.isPending}>Take the correction back</Button>}
        </Group>
        <Text size="xs" c="dimmed">Insights are found anew from what you write.</Text>
      </Stack>
    </form>
  );
}
