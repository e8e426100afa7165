import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { many } from '../../lib/format';
import { queries } from '../../lib/queries';
import { AddExcluded } from './excluded';
import { Step } from './step';
import type { WizardStep } from './wizard';

/** Numbers whose calls are not processed, for all connectors. */
export function ExcludedStep({ step }: { step: WizardStep }) {
  const { data } = useQuery(queries.excluded());
  const items = data?.items ?? [];
  return (
    <Step id={step.id} number={5} heading={step.heading} state={step.state}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">A call with one of these numbers on any side is not processed, whatever its provider. This step is optional.</Text>
        {items.length > 0 && <Text size="sm">{many(items.length, 'number')}: {items.slice(0, 5).map((n) => n.display).join(', ')}{items.length > 5 && ' …'}</Text>}
        <AddExcluded />
        <Group><Anchor component={Link} to="/voice-connector/excluded-numbers" size="sm" fw={600}>Manage Excluded Numbers</Anchor></Group>
      </Stack>
    </Step>
  );
}
