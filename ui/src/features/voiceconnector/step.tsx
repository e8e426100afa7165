import { Badge, Card, Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** One step of connecting a provider, with its state. */
export function Step({ number, heading, state, done, children }: { number: number; heading: string; state: string; done: boolean; children: ReactNode }) {
  return (
    <Card withBorder component="section" aria-label={heading}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">{number}. {heading}</Title>
        <Badge color={done ? 'teal' : 'gray'} variant="light" tt="none" styles={{ label: { color: 'var(--mantine-color-text)' } }}>{done && '✓ '}{state}</Badge>
      </Group>
      {children}
    </Card>
  );
}
