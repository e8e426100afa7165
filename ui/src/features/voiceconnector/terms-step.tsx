import { Button, Checkbox, Group, ScrollArea, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import type { Connector } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { when } from '../../lib/format';
import { keep, path } from './data';
import { Markdown } from './markdown';
import { Step } from './step';
import type { WizardStep } from './wizard';

/** The terms of the connector, accepted once for each version. */
export function TermsStep({ connector: c, step }: { connector: Connector; step: WizardStep }) {
  const [read, setRead] = useState(false);
  const accept = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/terms', { ...path(c), body: { version: c.terms.version } })), onSuccess: keep });
  const text = <Markdown>{c.terms.text}</Markdown>;
  return (
    <Step id={step.id} number={2} heading={step.heading} state={step.state}>
      {c.terms.accepted ? (
        <Stack gap="xs">
          <Text size="sm">Version {c.terms.version} was accepted by {c.terms.accepted_by} on {when(c.terms.accepted_at)}.</Text>
          <details><summary>Read the terms</summary>{text}</details>
        </Stack>
      ) : (
        <Stack gap="sm">
          {c.terms.accepted_by && <Text size="sm" fw={600}>The terms have changed since {c.terms.accepted_by} accepted them on {when(c.terms.accepted_at)}.</Text>}
          <ScrollArea.Autosize mah={260} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': 'Terms', role: 'group' }}>{text}</ScrollArea.Autosize>
          <Checkbox label={`I have read the terms (version ${c.terms.version}) and accept them`} checked={read} onChange={(e) => setRead(e.currentTarget.checked)} />
          <Group><Button disabled={!read} loading={accept.isPending} onClick={() => accept.mutate()}>Accept</Button></Group>
          {accept.error && <Failure error={accept.error} />}
        </Stack>
      )}
    </Step>
  );
}
