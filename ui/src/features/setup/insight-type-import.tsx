import { Button, Group, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { KINDS, type TypeDraft, WhereItCounts, refreshTypes } from './insight-type-dialog';

/** Adds a type for each line of a text. */
export function ImportTypes({ onClose }: { onClose: () => void }) {
  const [draft, setDraft] = useState<TypeDraft>({ kind: 'product', name: '', aliases: [], language: '', said_by: 'either', first_seconds: 0 });
  const [text, setText] = useState('');
  const change = (part: Partial<TypeDraft>) => setDraft({ ...draft, ...part });
  const { kind, language, said_by, first_seconds } = draft;
  const add = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/insight-types/import', { body: { kind, language, said_by, first_seconds, text } })),
    onSuccess: ({ added, skipped }) => { notifications.show({ message: `${added} added${skipped > 0 ? `, ${skipped} were there already` : ''}.` }); onClose(); return refreshTypes(); },
  });
  return (
    <Dialog opened onClose={onClose} title="Import insight types">
      <form onSubmit={(e) => { e.preventDefault(); add.mutate(); }}>
        <Stack gap="sm">
          <Textarea label="Names" description="A type a line: its name, and its aliases behind it, parted by commas" placeholder="Cloud Phone, CP, the cloud line" required data-autofocus autosize minRows={4} maxRows={12} value={text} onChange={(e) => setText(e.currentTarget.value)} />
          <NativeSelect label="Kind of all of them" data={KINDS} value={kind} onChange={(e) => change({ kind: e.currentTarget.value as TypeDraft['kind'] })} />
          <WhereItCounts draft={draft} change={change} />
          <Text size="sm" c="dimmed">If a line cannot be read, nothing is imported.</Text>
          {add.error && <Failure error={add.error} />}
          <Group><Button type="submit" disabled={!text.trim()} loading={add.isPending}>Import</Button><Button variant="default" onClick={onClose}>Cancel</Button></Group>
        </Stack>
      </form>
    </Dialog>
  );
}
