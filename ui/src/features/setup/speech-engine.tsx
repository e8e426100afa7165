import { Alert, Button, Group, NativeSelect, NumberInput, PasswordInput, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import type { components } from '../../api/schema';
import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';
import { LanguageRules } from './language-rules';

type Settings = components['schemas']['SpeechSettings'];

/** Who turns recordings into text, and what leaves this machine for it. Nothing changes until it is saved. */
export function SpeechEngine({ settings }: { settings: Settings }) {
  const [draft, setDraft] = useState(settings);
  const [key, setKey] = useState('');
  const change = (part: Partial<Settings>) => setDraft({ ...draft, ...part });
  const save = useMutation({
    mutationFn: () => {
      const { engine, model, base_url, fallback, embedded_model, price_per_minute, currency, languages } = draft;
      return unwrap(api.PUT('/api/v1/settings/speech', { body: { engine, model, base_url, fallback, embedded_model, price_per_minute, currency, languages, ...(key && { key }) } }));
    },
    onSuccess: (data) => { queryClient.setQueryData(queries.speechSettings().queryKey, data); setDraft(data); setKey(''); },
  });
  const chosen = draft.engines.find((e) => e.name === draft.engine) ?? draft.engines[0];
  const keyKept = settings.key_set && draft.engine === settings.engine && draft.base_url === settings.base_url;
  return (
    <form onSubmit={(e) => { e.preventDefault(); save.mutate(); }}>
      <Stack gap="md">
        <NativeSelect label="Engine" maw={320} data={draft.engines.map((e) => ({ value: e.name, label: e.title }))} value={draft.engine} onChange={(e) => change({ engine: e.currentTarget.value, model: '', base_url: '' })} />
        {chosen && <Alert role="note" variant="light" title="What leaves this machine">{chosen.leaves}</Alert>}
        {chosen?.remote
          ? <Service draft={draft} change={change} usual={chosen} secret={key} setSecret={setKey} kept={keyKept} />
          : <EmbeddedModel draft={draft} change={change} />}
        <Title order={3} size="h5">Languages</Title>
        <LanguageRules rules={draft.languages} change={(languages) => change({ languages })} />
        {save.error && <Failure error={save.error} />}
        <Group><Button type="submit" loading={save.isPending}>Save</Button>{save.isSuccess && <Text size="sm" role="status">Saved. Calls that are transcribed from now on follow it.</Text>}</Group>
      </Stack>
    </form>
  );
}

type Part = { draft: Settings; change: (part: Partial<Settings>) => void };

function EmbeddedModel({ draft, change }: Part) {
  const label = (m: Settings['models'][number]) => (m.installed ? m.name : `${m.name}, not installed: earshot models pull ${m.name}`);
  return <NativeSelect label="Model" description="Larger models are more accurate and slower." maw={480} data={draft.models.map((m) => ({ value: m.name, label: label(m), disabled: !m.installed && m.name !== 'tiny-en' }))} value={draft.embedded_model || 'tiny-en'} onChange={(e) => change({ embedded_model: e.currentTarget.value })} />;
}

function Service({ draft, change, usual, secret, setSecret, kept }: Part & { usual: Settings['engines'][number]; secret: string; setSecret: (v: string) => void; kept: boolean }) {
  return (
    <>
      <TextInput label="Address" maw={480} type="url" placeholder={usual.default_url} value={draft.base_url} onChange={(e) => change({ base_url: e.currentTarget.value })} description="Empty: the maker’s own." />
      <TextInput label="Model" maw={320} placeholder={usual.default_model} value={draft.model} onChange={(e) => change({ model: e.currentTarget.value })} />
      <PasswordInput label="Key" visibilityToggleButtonProps={{ 'aria-label': 'Show Key' }} maw={480} autoComplete="off" value={secret} onChange={(e) => setSecret(e.currentTarget.value)} description={kept ? 'A key is kept. Enter one to replace it.' : usual.key_optional ? 'Empty for servers that ask for none.' : 'Needed. It is kept sealed, and for this address only.'} />
      <Switch label="Fall back to the embedded engine" description="It writes the calls at which the service fails, or whose language the service lacks." checked={draft.fallback} onChange={(e) => change({ fallback: e.currentTarget.checked })} />
      <Group align="end">
        <NumberInput label="Price of a minute" description="To show what calls cost" w={180} min={0} max={1000} decimalScale={6} value={draft.price_per_minute} onChange={(v) => change({ price_per_minute: Number(v) || 0 })} />
        <TextInput label="Currency" w={120} maxLength={8} placeholder="USD" value={draft.currency} onChange={(e) => change({ currency: e.currentTarget.value })} />
      </Group>
    </>
  );
}
