import { Badge, Box, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';

import { Failure } from '../../components/states';
import type { Connector, TestStep } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { sentence, when } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';
import { path } from './data';
import { MendLink } from './mend-link';
import { Step } from './step';

const names: Record<TestStep['name'], string> = { credential: 'Ask the provider', qualify: 'Qualify', match: 'Match to a user', recording: 'Fetch the recording', transcribe: 'Transcribe', analyze: 'Analyze' };
const states: Record<TestStep['state'], { label: string; color: string }> = {
  waiting: { label: 'Waiting', color: 'gray' }, running: { label: 'Running', color: 'blue' }, done: { label: '✓ Done', color: 'teal' }, failed: { label: '✕ Failed', color: 'red' }, not_run: { label: '– Not run', color: 'gray' },
};

function Item({ step: s }: { step: TestStep }) {
  return (
    <Box component="li" py={6} style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <Group gap="xs" align="flex-start">
        <Badge color={states[s.state].color} variant="light" tt="none" miw={92} style={{ flexShrink: 0 }} styles={{ label: { color: 'var(--mantine-color-text)' } }}>{states[s.state].label}</Badge>
        <Stack gap={2} flex="1 1 200px" miw={0}>
          <Text size="sm" fw={600}>{names[s.name]}</Text>
          {s.detail && <Text size="sm" c={s.state === 'failed' ? undefined : 'dimmed'} style={{ overflowWrap: 'anywhere' }}>{sentence(s.detail)}</Text>}
          {s.fix && <Text size="sm"><Text span fw={600}>To mend it: </Text>{s.fix}</Text>}
          {s.page && <MendLink to={s.page} />}
        </Stack>
      </Group>
    </Box>
  );
}

/** A simulated call through the connector's whole way; no call comes of it. */
export function TestCallSection({ connector: c }: { connector: Connector }) {
  const query = useQuery({ ...queries.testCall(c.provider), refetchInterval: (q) => (q.state.data?.started_at && !q.state.data.finished_at ? 700 : false) });
  const start = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/connectors/{provider}/test-call', path(c))),
    onSuccess: (t) => { queryClient.setQueryData(queries.testCall(c.provider).queryKey, t); },
  });
  const test = query.data;
  const running = !!test?.started_at && !test.finished_at;
  const known = c.configured || c.terms.accepted;
  return (
    <Step id="test-call" heading="Test Call">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">Sends a simulated call through the whole way and shows each step. {c.name} is asked only whether the credential works; the recording is built in. No call comes of it, and it works before enabling too.</Text>
        <Group><Button variant="default" disabled={!known} loading={start.isPending || running} onClick={() => start.mutate()}>Make a test call</Button></Group>
        {start.error && <Failure error={start.error} />}
        {test?.started_at && (
          <div>
            <Text size="sm" role="status" fw={600}>{running ? 'The test call is on its way…' : test.passed ? 'The test call passed.' : 'The test call did not pass.'} <Text span c="dimmed" fw={400}>A call of {test.user}, {when(test.started_at)}</Text></Text>
            <Box component="ol" m={0} mt="xs" p={0} style={{ listStyle: 'none' }} aria-label="Steps of the test call">{test.steps.map((s) => <Item key={s.name} step={s} />)}</Box>
          </div>
        )}
      </Stack>
    </Step>
  );
}
