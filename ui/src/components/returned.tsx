import { Card, CloseButton, Group, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';

import { sentence } from '../lib/format';

/** The longest text that is taken from an address. */
const MOST = 400;

/** Why signing in at a provider did not succeed, with which the server sends people back; forget takes it out of the address. */
export function useReturnedProblem() {
  const { problem } = useSearch({ strict: false }) as { problem?: unknown };
  const navigate = useNavigate();
  const text = typeof problem === 'string' ? problem.trim().slice(0, MOST) : '';
  return { text, forget: () => { if (problem !== undefined) void navigate({ to: '.', search: {}, replace: true, resetScroll: false }); } };
}

export function ReturnedProblem() {
  const { text, forget } = useReturnedProblem();
  if (!text) return null;
  return (
    <Card withBorder role="alert" p="md" mb="md" className="failure">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text fw={650} mb={4}>Signing in at the provider did not succeed</Text>
        <CloseButton aria-label="Close" onClick={forget} />
      </Group>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>{sentence(text)}</Text>
    </Card>
  );
}
