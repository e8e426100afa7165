import { Alert, Button, Card, Checkbox, Group, NativeSelect, NumberInput, PasswordInput, Progress, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { components } from '../../api/schema';
import { Failure, Loaded, PageTitle } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';
import { InsightPrompts } from './insight-prompts';
import { QuickFind } from './quick-find';
import { WriteOld } from './write-old';

type Settings = components['schemas']['ModelSettings'];
type Part = { draft: Settings; change: (part: Partial<Settings>) => void };

function Service({ draft, change, usual, secret, setSecret, kept }: Part & { usual: Settings['kinds'][number]; secret: string; setSecret: (v: string) => void; kept: boolean }) {
  return (
    <>
      <TextInput label="Address" maw={480} type="url" placeholder={usual.default_url} value={draft.base_url} onChange={(e) => change({ base_url: e.currentTarget.value })} description="Empty: the usual one." />
      <TextInput label="Model" maw={320} placeholder={usual.default_model} value={draft.model} onChange={(e) => change({ model: e.currentTarget.value })} />
      <PasswordInput label="Key" visibilityToggleButtonProps={{ 'aria-label': 'Show Key' }} maw={480} autoComplete="off" value={secret} onChange={(e) => setSecret(e.currentTarget.value)} description={kept ? 'A key is kept. Enter one to replace it.' : usual.key_optional ? 'Empty for servers that ask for none.' : 'Needed. It is kept sealed, and for this address only.'} />
    </>
  );
}

function Budget({ draft, change }: Part) {
  const share = draft.daily_tokens > 0 ? Math.min(100, (100 * draft.used_today) / draft.daily_tokens) : 0;
  return (
    <>
      <Group align="end">
        <NumberInput label="Tokens a day" description="0: no limit" w={180} min={0} max={1_000_000_000} step={100_000} thousandSeparator="," value={draft.daily_tokens} onChange={(v) => change({ daily_tokens: Number(v) || 0 })} />
        <NativeSelect label="When they are spent" data={[{ value: 'wait', label: 'Calls wait for the next day' }, { value: 'skip', label: 'Calls are skipped' }]} value={draft.when_spent} onChange={(e) => change({ when_spent: e.currentTarget.value as Settings['when_spent'] })} />
        <NumberInput label="Tokens sent at once" description="Long calls go in pieces" w={180} min={1000} max={200_000} step={1000} thousandSeparator="," value={draft.window_tokens} onChange={(v) => change({ window_tokens: Number(v) || 6000 })} />
      </Group>
      <div><Text size="sm">{draft.used_today.toLocaleString()} tokens used today</Text>{draft.daily_tokens > 0 && <Progress mt={4} maw={480} value={share} aria-label={`${Math.round(share)} % of today’s budget is used`} />}</div>
      <Group align="end">
        <NumberInput label="Price of a million sent" w={180} min={0} max={100_000} decimalScale={6} value={draft.price_in} onChange={(v) => change({ price_in: Number(v) || 0 })} />
        <NumberInput label="Price of a million answered" w={200} min={0} max={100_000} decimalScale={6} value={draft.price_out} onChange={(v) => change({ price_out: Number(v) || 0 })} />
        <TextInput label="Currency" w={120} maxLength={8} placeholder="USD" value={draft.currency} onChange={(e) => change({ currency: e.currentTarget.value })} />
      </Group>
    </>
  );
}

function Connectors({ draft, change }: Part) {
  const query = useQuery(queries.connectors());
  return (
    <Loaded query={query} rows={1}>
      {(data) => (
        <Checkbox.Group label="Connectors whose calls are sent" description="None ticked: all." value={draft.connectors} onChange={(connectors) => change({ connectors })}>
          <Group mt="xs">{data.items.map((c) => <Checkbox key={c.provider} value={c.provider} label={c.name} />)}</Group>
        </Checkbox.Group>
      )}
    </Loaded>
  );
}

function Form({ settings }: { settings: Settings }) {
  const [draft, setDraft] = useState(settings);
  const [key, setKey] = useState('');
  const change = (part: Partial<Settings>) => setDraft({ ...draft, ...part });
  const body = () => {
    const { enabled, kind, base_url, model, price_in, price_out, currency, daily_tokens, when_spent, window_tokens, connectors, prompts } = draft;
    return { enabled, kind, base_url, model, price_in, price_out, currency, daily_tokens, when_spent, window_tokens, connectors, prompts, ...(key && { key }) };
  };
  const save = useMutation({
    mutationFn: () => unwrap(api.PUT('/api/v1/settings/language-model', { body: body() })),
    onSuccess: (data) => { queryClient.setQueryData(queries.modelSettings().queryKey, data); setDraft(data); setKey(''); },
  });
  const test = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/settings/language-model/test', { body: body() })) });
  const chosen = draft.kinds.find((k) => k.name === draft.kind);
  return (
    <form onSubmit={(e) => { e.preventDefault(); save.mutate(); }}>
      <Stack>
        <Card withBorder component="section" aria-label="Service">
          <Stack gap="md">
            <Switch label="Use a language model" description="Off: nothing is sent, and rules alone find insights. On: it writes about calls that are analysed from now on." checked={draft.enabled} onChange={(e) => change({ enabled: e.currentTarget.checked })} />
            <NativeSelect label="Kind" maw={320} data={draft.kinds.map((k) => ({ value: k.name, label: k.title }))} value={draft.kind} onChange={(e) => change({ kind: e.currentTarget.value, model: '', base_url: '' })} />
            {chosen && <Alert role="note" variant="light" title="What leaves this machine">{chosen.leaves}</Alert>}
            {chosen && <Service draft={draft} change={change} usual={chosen} secret={key} setSecret={setKey} kept={settings.key_set && draft.kind === settings.kind && draft.base_url === settings.base_url} />}
            <Connectors draft={draft} change={change} />
            <Group><Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>Test</Button>{test.data && <Text size="sm" role="status">{test.data.message}</Text>}</Group>
            {test.error && <Failure error={test.error} />}
          </Stack>
        </Card>
        <Card withBorder component="section" aria-label="Budget"><Title order={2} size="h4" mb="sm">Budget</Title><Stack gap="md"><Budget draft={{ ...draft, used_today: settings.used_today }} change={change} /></Stack></Card>
        <Card withBorder component="section" aria-label="Insight prompts"><Title order={2} size="h4" mb="sm">Insight prompts</Title><InsightPrompts prompts={draft.prompts} change={(prompts) => change({ prompts })} /></Card>
        {save.error && <Failure error={save.error} />}
        <Group><Button type="submit" loading={save.isPending}>Save</Button>{save.isSuccess && <Text size="sm" role="status">Saved.</Text>}</Group>
      </Stack>
    </form>
  );
}

/** Setup > Language Model: which one writes about calls, what leaves this machine for it, and what it may cost. */
export function LanguageModelPage() {
  const query = useQuery(queries.modelSettings());
  return (
    <>
      <PageTitle>Language Model</PageTitle>
      <QuickFind />
      <Loaded query={query} rows={6}>{(s) => <Stack><Form settings={s} />{s.enabled && <WriteOld />}</Stack>}</Loaded>
    </>
  );
}
