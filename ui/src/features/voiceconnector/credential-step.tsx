import { Button, Grid, Group, SegmentedControl, Stack, Text, useMatches } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { useReturnedProblem } from '../../components/returned';
import { Failure } from '../../components/states';
import type { Connector, Credential } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { sentence, when } from '../../lib/format';
import { keep, path, refresh } from './data';
import { Input, type Values, fieldsOf, initial, unsaved, valuesOf } from './field';
import { Markdown } from './markdown';
import { Report } from './report';
import { Address, Step } from './step';
import type { WizardStep } from './wizard';

/** Which way to authenticate, where there are several. */
function Kinds({ credential, kind, choose }: { credential: Credential; kind: string; choose: (kind: string) => void }) {
  const orientation = useMatches<'vertical' | 'horizontal'>({ base: 'vertical', sm: 'horizontal' });
  const chosen = credential.kinds.find((k) => k.name === kind);
  return (
    <Stack gap={6}>
      {credential.kinds.length > 1 && <SegmentedControl fullWidth orientation={orientation} aria-label="Kind of credential" data={credential.kinds.map((k) => ({ value: k.name, label: k.label }))} value={kind} onChange={choose} />}
      {chosen?.help && <Text size="sm" c="dimmed">{chosen.help}</Text>}
    </Stack>
  );
}

/** The address that people come back to after signing in; without a public address it is the one under which Earshot is seen. */
function Callback({ connector: c }: { connector: Connector }) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>Address to register</Text>
      <Text size="xs" c="dimmed">Enter it at {c.name} as the redirect address of your app, exactly as it is here.</Text>
      <Address label="the address to register" value={new URL(c.credential.callback, window.location.origin).href} />
    </Stack>
  );
}

/** The form, and the kind of credential that it is for. */
function useForm(c: Connector) {
  const [fields, setFields] = useState(() => initial(c.credential.fields));
  const [settings, setSettings] = useState(() => initial(c.settings));
  const [kind, setKind] = useState(c.credential.kind || (c.credential.kinds[0]?.name ?? ''));
  const shown = fieldsOf(c.credential, kind);
  const into = (set: typeof setFields) => (name: string, value: string) => set((all: Values) => ({ ...all, [name]: value }));
  return {
    fields, settings, kind, shown, setKind, setField: into(setFields), setSetting: into(setSettings),
    login: !!c.credential.kinds.find((k) => k.name === kind)?.login,
    body: { fields: { ...valuesOf(shown, fields), ...(kind && { kind }) }, settings },
    changed: !c.configured || (kind !== c.credential.kind && kind !== '') || unsaved(shown, fields) || unsaved(c.settings, settings),
    saved: (now: Connector) => { setFields(initial(now.credential.fields)); setSettings(initial(now.settings)); },
  };
}

/** The provider's guide beside the form; folded where there is no room beside it. */
function Guide({ connector: c }: { connector: Connector }) {
  const beside = useMatches({ base: false, lg: true });
  return (
    <details open={beside} className="guide">
      <summary>{c.name} Configuration Guide</summary>
      <Markdown>{c.guide}</Markdown>
    </details>
  );
}

/** Named credential: what the driver asks for, kept and tested. */
export function CredentialStep({ connector: c, step }: { connector: Connector; step: WizardStep }) {
  const form = useForm(c);
  const returned = useReturnedProblem();
  const test = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/test', path(c))), onSettled: refresh });
  const login = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/login', path(c))), onSuccess: ({ url }) => window.location.assign(url) });
  const save = useMutation({
    mutationFn: () => unwrap(api.PUT('/api/v1/connectors/{provider}/credential', { ...path(c), body: form.body })),
    onMutate: () => { test.reset(); login.reset(); returned.forget(); },
    onSuccess: async (now) => { await keep(now); form.saved(now); if (!form.login) test.mutate(); },
  });
  const status = c.credential.status;
  const error = save.error ?? login.error ?? test.error;
  return (
    <Step id={step.id} number={3} heading={step.heading} state={step.state}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }} order={{ base: 2, lg: 1 }}>
      <form onSubmit={(e) => { e.preventDefault(); save.mutate(); }}>
        <Stack gap="sm">
          {c.credential.kinds.length > 0 && <Kinds credential={c.credential} kind={form.kind} choose={form.setKind} />}
          {form.login && c.credential.callback && <Callback connector={c} />}
          {form.shown.map((f) => <Input key={f.name} field={f} value={form.fields[f.name] ?? ''} onChange={(v) => form.setField(f.name, v)} />)}
          <details>
            <summary>Settings</summary>
            <Stack gap="sm" mt="sm">{c.settings.map((f) => <Input key={f.name} field={f} value={form.settings[f.name] ?? ''} onChange={(v) => form.setSetting(f.name, v)} />)}</Stack>
          </details>
          <Group gap="sm">
            <Button type="submit" variant={form.login && !form.changed ? 'default' : 'filled'} loading={save.isPending}>{form.login ? 'Save' : 'Save and test'}</Button>
            {form.login && <Button variant={form.changed ? 'default' : 'filled'} disabled={form.changed} loading={login.isPending || login.isSuccess} onClick={() => login.mutate()}>Sign in at {c.name}</Button>}
            <Button variant="default" disabled={!c.configured} loading={test.isPending} onClick={() => test.mutate()}>Test</Button>
          </Group>
          {form.login && form.changed && <Text size="sm" c="dimmed">Save first, then sign in.</Text>}
          {status !== 'Authenticated' && c.configured && c.credential.problem && !test.isPending && <Text size="sm" c="dimmed">{sentence(c.credential.problem)}</Text>}
          {c.credential.checked_at && <Text size="xs" c="dimmed">Scope {c.credential.scope || 'unknown'}, tested {when(c.credential.checked_at)}</Text>}
          {error && <Failure error={error} />}
          {test.data && <Report report={test.data} />}
        </Stack>
      </form>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }} order={{ base: 1, lg: 2 }}><Guide connector={c} /></Grid.Col>
      </Grid>
    </Step>
  );
}
