import { Button, Group, List, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import type { CheckReport, Connector, Field } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { when } from '../../lib/format';
import { queryClient } from '../../lib/queries';
import { Step } from './step';

type Values = Record<string, string>;

const initial = (fields: Field[]): Values => Object.fromEntries(fields.map((f) => [f.name, f.secret ? '' : f.value || f.default]));

/** What was entered, without the secrets: they are kept by the server and not shown again. */
export const withoutSecrets = (fields: Field[], values: Values): Values => Object.fromEntries(fields.map((f) => [f.name, f.secret ? '' : (values[f.name] ?? '')]));

function Input({ field, value, onChange }: { field: Field; value: string; onChange: (v: string) => void }) {
  const common = { label: field.label, description: field.help, value, required: field.required && !(field.secret && field.set), onChange: (e: { currentTarget: { value: string } }) => onChange(e.currentTarget.value) };
  return field.secret
    ? <PasswordInput {...common} autoComplete="off" placeholder={field.set ? 'Kept; enter a new one to change it' : ''} visibilityToggleButtonProps={{ 'aria-label': `Show ${field.label}` }} />
    : <TextInput {...common} />;
}

function Report({ report }: { report: CheckReport }) {
  return (
    <List listStyleType="none" spacing="xs" aria-label="Result of the test">
      {report.items.map((i) => (
        <List.Item key={i.name} icon={<Text span fw={700} c={i.ok ? 'light-dark(#0a6273, #6ccbd9)' : 'light-dark(#a61e1e, #ff9d9d)'} aria-label={i.ok ? 'fine' : 'not fine'}>{i.ok ? '✓' : '✗'}</Text>}>
          <Text size="sm"><b>{i.name}.</b> {i.detail}</Text>
          {!i.ok && i.fix && <Text size="sm" c="dimmed">{i.fix}</Text>}
        </List.Item>
      ))}
    </List>
  );
}

/** Named credential: what the driver asks for, kept and tested. */
export function CredentialStep({ connector: c }: { connector: Connector }) {
  const [fields, setFields] = useState(() => initial(c.credential.fields));
  const [settings, setSettings] = useState(() => initial(c.settings));
  const path = { params: { path: { provider: c.provider } } };
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['connectors'] });
  const test = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/test', path)), onSettled: refresh });
  const save = useMutation({
    mutationFn: () => unwrap(api.PUT('/api/v1/connectors/{provider}/credential', { ...path, body: { fields, settings } })),
    onSuccess: async () => { setFields((all) => withoutSecrets(c.credential.fields, all)); await refresh(); test.mutate(); },
  });
  return (
    <Step number={1} heading="Named Credential" state={c.credential.status} done={c.credential.status === 'Authenticated'}>
      <form onSubmit={(e) => { e.preventDefault(); save.mutate(); }}>
        <Stack gap="sm">
          {c.credential.fields.map((f) => <Input key={f.name} field={f} value={fields[f.name] ?? ''} onChange={(v) => setFields((all) => ({ ...all, [f.name]: v }))} />)}
          <details>
            <summary>Settings</summary>
            <Stack gap="sm" mt="sm">{c.settings.map((f) => <Input key={f.name} field={f} value={settings[f.name] ?? ''} onChange={(v) => setSettings((all) => ({ ...all, [f.name]: v }))} />)}</Stack>
          </details>
          <Group>
            <Button type="submit" loading={save.isPending}>Save and test</Button>
            <Button variant="default" disabled={!c.configured} loading={test.isPending} onClick={() => test.mutate()}>Test</Button>
          </Group>
          {c.credential.status !== 'Authenticated' && c.configured && c.credential.problem && !test.isPending && <Text size="sm" c="dimmed">{c.credential.problem}</Text>}
          {c.credential.checked_at && <Text size="xs" c="dimmed">Scope {c.credential.scope || 'unknown'}, tested {when(c.credential.checked_at)}</Text>}
          {save.error && <Failure error={save.error} />}
          {test.error && <Failure error={test.error} />}
          {test.data && <Report report={test.data} />}
        </Stack>
      </form>
    </Step>
  );
}
