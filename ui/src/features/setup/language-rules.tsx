import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { components } from '../../api/schema';
import { queries } from '../../lib/queries';

type Rule = components['schemas']['LanguageRule'];

const KINDS = [{ value: 'number', label: 'Number' }, { value: 'user', label: 'User' }, { value: 'connector', label: 'Connector' }];

/** Languages of numbers, users and connectors; the first of these that is met wins, in this order. */
export function LanguageRules({ rules, change }: { rules: Rule[]; change: (rules: Rule[]) => void }) {
  const put = (at: number, part: Partial<Rule>) => change(rules.map((r, i) => (i === at ? { ...r, ...part } : r)));
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">Calls of a number, else of a user, else of a connector have the language given here; all others the one above. A call in a language that the engine does not know is kept and not transcribed.</Text>
      {rules.map((r, i) => (
        <Group key={i} align="end" gap="xs">
          <NativeSelect label="Of" data={KINDS} value={r.kind} onChange={(e) => put(i, { kind: e.currentTarget.value as Rule['kind'], key: '' })} />
          <Whose rule={r} change={(key) => put(i, { key })} />
          <TextInput label="Language" w={100} placeholder="fr" required value={r.language} onChange={(e) => put(i, { language: e.currentTarget.value })} />
          <Button variant="default" aria-label={`Remove language ${i + 1}`} onClick={() => change(rules.filter((_, at) => at !== i))}>Remove</Button>
        </Group>
      ))}
      <Group><Button variant="default" onClick={() => change([...rules, { kind: 'number', key: '', language: '' }])}>Add a language</Button></Group>
    </Stack>
  );
}

function Whose({ rule, change }: { rule: Rule; change: (key: string) => void }) {
  const users = useQuery({ ...queries.users(), enabled: rule.kind === 'user' });
  const connectors = useQuery({ ...queries.connectors(), enabled: rule.kind === 'connector' });
  if (rule.kind === 'number') return <TextInput label="Number" required placeholder="+1 212 555 0123" value={rule.key} onChange={(e) => change(e.currentTarget.value)} />;
  const data = rule.kind === 'user' ? users.data?.items.map((u) => ({ value: u.id, label: u.name })) : connectors.data?.items.map((c) => ({ value: c.provider, label: c.name }));
  return <NativeSelect label={rule.kind === 'user' ? 'User' : 'Connector'} required data={[{ value: '', label: 'Choose' }, ...(data ?? [])]} value={rule.key} onChange={(e) => change(e.currentTarget.value)} />;
}
