import { Badge, Button, Card, Code, CopyButton, Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

import type { StepState } from './wizard';

const colors: Record<StepState['kind'], string> = { done: 'teal', current: 'blue', todo: 'gray', blocked: 'orange', optional: 'gray' };

/** One step of connecting a provider, with its number and state, or another section of its page. id makes it a place to link to. */
export function Step({ id, number, heading, state, children }: { id?: string; number?: number; heading: string; state?: StepState; children: ReactNode }) {
  return (
    <Card withBorder component="section" aria-label={heading} id={id} tabIndex={id ? -1 : undefined} className="step">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">{number && `${number}. `}{heading}</Title>
        {state && <Badge color={colors[state.kind]} variant="light" tt="none" styles={{ label: { color: 'var(--mantine-color-text)' } }}>{state.kind === 'done' && '✓ '}{state.text}</Badge>}
      </Group>
      {children}
    </Card>
  );
}

/** An address to be entered elsewhere. */
export function Address({ value, label }: { value: string; label: string }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <Code className="truncate" title={value} flex={1} p="xs">{value}</Code>
      <CopyButton value={value}>{({ copied, copy }) => <Button size="xs" variant="default" aria-label={copied ? `${label} copied` : `Copy ${label}`} onClick={copy} style={{ flexShrink: 0 }}>{copied ? 'Copied' : 'Copy'}</Button>}</CopyButton>
    </Group>
  );
}
