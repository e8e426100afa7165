import { Badge, Button, Card, Code, CopyButton, Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** One step of connecting a provider, with its number and state, or another section of its page. */
export function Step({ number, heading, state, done, children }: { number?: number; heading: string; state?: string; done?: boolean; children: ReactNode }) {
  return (
    <Card withBorder component="section" aria-label={heading}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">{number && `${number}. `}{heading}</Title>
        {state && <Badge color={done ? 'teal' : 'gray'} variant="light" tt="none" styles={{ label: { color: 'var(--mantine-color-text)' } }}>{done && '✓ '}{state}</Badge>}
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
