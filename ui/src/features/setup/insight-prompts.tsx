import { Button, Card, Group, NativeSelect, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';

import type { components } from '../../api/schema';

type Prompt = components['schemas']['InsightPrompt'];

const kinds = [{ value: 'situational', label: 'Situational: moments in which it occurs' }, { value: 'prompt', label: 'Prompt-defined: about the call as a whole' }];

/** Insights that are described in words, for the model to look for. */
export function InsightPrompts({ prompts, change }: { prompts: Prompt[]; change: (prompts: Prompt[]) => void }) {
  const set = (at: number, part: Partial<Prompt>) => change(prompts.map((p, i) => (i === at ? { ...p, ...part } : p)));
  return (
    <Stack gap="sm">
      {prompts.length === 0 && <Text size="sm" c="dimmed">None yet. Describe what to look for, such as “The customer says why they consider leaving”.</Text>}
      {prompts.map((p, i) => (
        <Card key={i} withBorder p="sm" component="section" aria-label={p.name || 'New insight prompt'}>
          <Stack gap="xs">
            <Group align="end">
              <TextInput label="Name" required maxLength={80} value={p.name} onChange={(e) => set(i, { name: e.currentTarget.value })} />
              <NativeSelect label="Kind" data={kinds} value={p.kind} onChange={(e) => set(i, { kind: e.currentTarget.value as Prompt['kind'] })} />
            </Group>
            <Textarea label="Instruction" required autosize minRows={2} maxLength={4000} value={p.instruction} onChange={(e) => set(i, { instruction: e.currentTarget.value })} />
            <Group justify="space-between">
              <Switch label="Active" checked={p.active} onChange={(e) => set(i, { active: e.currentTarget.checked })} />
              <Button size="xs" variant="default" aria-label={`Remove ${p.name || 'this prompt'}`} onClick={() => change(prompts.filter((_, n) => n !== i))}>Remove</Button>
            </Group>
          </Stack>
        </Card>
      ))}
      {prompts.length < 25 && <Group><Button size="xs" variant="default" onClick={() => change([...prompts, { name: '', kind: 'situational', instruction: '', active: true }])}>Add insight prompt</Button></Group>}
    </Stack>
  );
}
