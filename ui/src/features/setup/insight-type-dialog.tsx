import { Button, Group, NativeSelect, NumberInput, Stack, TextInput, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Failure } from '../../components/states';
import { type InsightType, api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';

export const KINDS = [{ value: 'product', label: 'Product' }, { value: 'competitor', label: 'Competitor' }, { value: 'mention', label: 'Custom mention' }];
export const SPEAKERS = [{ value: 'either', label: 'Either side' }, { value: 'rep', label: 'Rep' }, { value: 'customer', label: 'Customer' }];

/** What may be chosen of an insight type. */
export type TypeDraft = Pick<InsightType, 'kind' | 'name' | 'aliases' | 'language' | 'said_by' | 'first_seconds'>;

export const refreshTypes = () => queryClient.invalidateQueries({ queryKey: queries.insightTypes().queryKey });

type Part = { draft: TypeDraft; change: (part: Partial<TypeDraft>) => void };

/** Who says it, when, and in which language: of one type, or of all that are imported. */
export function WhereItCounts({ draft, change }: Part) {
  return (
    <Group grow align="start" preventGrowOverflow={false}>
      <NativeSelect label="Said by" data={SPEAKERS} value={draft.said_by} onChange={(e) => change({ said_by: e.currentTarget.value as TypeDraft['said_by'] })} />
      <NumberInput label="First seconds" description="0: in the whole call" min={0} max={86_400} value={draft.first_seconds} onChange={(v) => change({ first_seconds: Number(v) || 0 })} inputWrapperOrder={['label', 'input', 'description']} />
      <TextInput label="Language" description="Empty: any" placeholder="en" maxLength={35} value={draft.language} onChange={(e) => change({ language: e.currentTarget.value })} inputWrapperOrder={['label', 'input', 'description']} />
    </Group>
  );
}

/** Adds a type, or changes one. */
export function InsightTypeDialog({ type, onClose }: { type: TypeDraft & { id?: string }; onClose: () => void }) {
  const [draft, setDraft] = useState<TypeDraft>(type);
  const [aliases, setAliases] = useState(type.aliases.join('\n'));
  const change = (part: Partial<TypeDraft>) => setDraft({ ...draft, ...part });
  const { kind, name, language, said_by, first_seconds } = draft;
  const body = { kind, name, language, said_by, first_seconds, aliases: aliases.split('\n').map((a) => a.trim()).filter(Boolean) };
  const save = useMutation({
    mutationFn: () => unwrap(type.id ? api.PATCH('/api/v1/insight-types/{id}', { params: { path: { id: type.id } }, body }) : api.POST('/api/v1/insight-types', { body: { ...body, active: true } })),
    onSuccess: () => { onClose(); return refreshTypes(); },
  });
  return (
    <Dialog opened onClose={onClose} title={type.id ? `Change ${type.name}` : 'New insight type'}>
      <form onSubmit={(e) => { e.preventDefault(); save.mutate(); }}>
        <Stack gap="sm">
          <NativeSelect label="Kind" data={KINDS} value={kind} onChange={(e) => change({ kind: e.currentTarget.value as TypeDraft['kind'] })} />
          <TextInput label="Name" description="The word or phrase that people say; other forms of its words are found too" required data-autofocus maxLength={400} value={name} onChange={(e) => change({ name: e.currentTarget.value })} />
          <Textarea label="Aliases" description="Other ways to say it, one a line. Names of five letters and more, written with a capital, are also found when they are misheard." autosize minRows={2} maxRows={8} value={aliases} onChange={(e) => setAliases(e.currentTarget.value)} />
          <WhereItCounts draft={draft} change={change} />
          {save.error && <Failure error={save.error} />}
          <Group><Button type="submit" disabled={!name.trim()} loading={save.isPending}>Save</Button><Button variant="default" onClick={onClose}>Cancel</Button></Group>
        </Stack>
      </form>
    </Dialog>
  );
}
