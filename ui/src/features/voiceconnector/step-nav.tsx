import { Anchor, Box, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import type { StepState, WizardStep } from './wizard';

const signs: Record<StepState['kind'], string> = { done: '✓', current: '➜', todo: '○', blocked: '✕', optional: '·' };

/** The steps with their states; each leads to its place on the page. */
export function StepNav({ steps }: { steps: WizardStep[] }) {
  return (
    <nav aria-label="Steps" className="steps">
      <Box component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
        {steps.map((s, i) => (
          <Box component="li" key={s.id} py={6}>
            <Anchor component={Link} to="." hash={s.id} size="sm" fw={s.state.kind === 'current' ? 700 : 500} aria-current={s.state.kind === 'current' ? 'step' : undefined}><span aria-hidden>{signs[s.state.kind]} </span>{i + 1}. {s.heading}</Anchor>
            <Text size="xs" c="dimmed" pl={20}>{s.state.text}</Text>
          </Box>
        ))}
      </Box>
    </nav>
  );
}
