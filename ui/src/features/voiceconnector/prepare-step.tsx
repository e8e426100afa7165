import { Anchor, List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import type { Connector } from '../../lib/api';
import { queries } from '../../lib/queries';
import { Markdown } from './markdown';
import { Step } from './step';
import type { WizardStep } from './wizard';

const needed = ['Customize Application', 'Modify All Data', 'Assign Permission Sets', 'Manage Users'];

/** What is needed before starting (Voice Connector Guide p. 2). */
export function PrepareStep({ connector: c, step }: { connector: Connector; step: WizardStep }) {
  const { data } = useQuery(queries.session());
  const held = data?.user?.permissions ?? [];
  return (
    <Step id={step.id} number={1} heading={step.heading} state={step.state}>
      <Stack gap="xs">
        <Text size="sm" fw={600}>At {c.name}</Text>
        <Markdown>{c.prepare.map((p) => `* ${p}`).join('\n')}</Markdown>
        <Text size="sm" c="dimmed">{c.limits}</Text>
        <Text size="sm" fw={600}>Here</Text>
        <List size="sm" spacing={4} listStyleType="none">
          {needed.map((p) => <List.Item key={p}><span aria-hidden>{held.includes(p) ? '✓' : '✕'} </span>You {held.includes(p) ? 'have' : 'lack'} {p}</List.Item>)}
        </List>
        <List size="sm" spacing={4}>
          <List.Item>Best is a separate user for the integration, who does nothing else: an admin with an insights permission set and Conversation Insights Integration User. Make it in <Anchor component={Link} to="/setup/users" inherit underline="always">Users</Anchor>, sign in as it, and come back.</List.Item>
          <List.Item>Users whose calls should be processed hold an insights permission set, and have their {c.identifier_field} or phone entered.</List.Item>
          <List.Item>Earshot does not record: a call that {c.name} did not record is not processed. For recordings in which both sides share one channel, keep Optimal Speaker Separation on in <Anchor component={Link} to="/setup/general-settings" inherit underline="always">General Settings</Anchor>.</List.Item>
        </List>
      </Stack>
    </Step>
  );
}
