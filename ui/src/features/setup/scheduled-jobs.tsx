import { Anchor, Button, Group, Stack, Table, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Empty, Failure, Loaded, PageTitle } from '../../components/states';
import type { Connector, ScheduledJob } from '../../lib/api';
import { api, unwrap } from '../../lib/api';
import { many, sentence, title, when } from '../../lib/format';
import { windowOf, wordsOf } from '../../lib/jobs';
import { queries, queryClient } from '../../lib/queries';
import { JobProgress } from '../voiceconnector/jobs';
import { QuickFind } from './quick-find';

const refresh = () => queryClient.invalidateQueries({ queryKey: ['scheduled-jobs'] });
const path = (j: ScheduledJob) => ({ params: { path: { id: j.id } } });

/** When a job runs next, or why it does not. */
function nextRun(j: ScheduledJob, c?: Connector): string {
  if (j.done_at) return 'Done';
  if (c && !c.on) return 'Not while the connector is off';
  return when(j.next_run_at) || 'Not again';
}

type RowProps = { job: ScheduledJob; connector?: Connector; running: boolean; run: () => void; remove: () => void };

function Row({ job: j, connector: c, running, run, remove }: RowProps) {
  const { name, does } = wordsOf(j);
  const label = `${name} of ${c?.name ?? title(j.provider)}`;
  const shown = windowOf(j);
  const buttons = (
    <Group gap="xs" wrap="nowrap">
      <Button size="xs" variant="default" aria-label={`Run now: ${label}`} disabled={!!j.done_at || (c && !c.on)} loading={running} onClick={run}>Run now</Button>
      <Button size="xs" variant="default" aria-label={`Delete: ${label}`} onClick={remove}>Delete</Button>
    </Group>
  );
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600}><Anchor component={Link} to={`/voice-connector/${j.provider}`} inherit underline="always">{c?.name ?? title(j.provider)}</Anchor> · {name}</Text>
        <Text size="xs" c="dimmed">{does}</Text>
        {shown && <Text size="xs">Calls of {shown}</Text>}
        {j.kind === 'backfill' && <JobProgress job={j} />}
        <Stack gap={4} mt={4} className="narrow">{!j.done_at && <Text size="xs">Next run: {nextRun(j, c)}</Text>}<LastRun job={j} />{buttons}</Stack>
      </Table.Td>
      <Table.Td className="wide"><Text size="sm">{nextRun(j, c)}</Text></Table.Td>
      <Table.Td className="wide" maw={280}><LastRun job={j} /></Table.Td>
      <Table.Td className="wide">{buttons}</Table.Td>
    </Table.Tr>
  );
}

/** When a job ran last and how that went; how far a back-fill is stands beside its bar. */
function LastRun({ job: j }: { job: ScheduledJob }) {
  return (
    <div>
      <Text size="sm"><span className="narrow">Last run: </span>{j.last_run_at ? when(j.last_run_at) : 'not yet'}</Text>
      {j.last_result && (j.kind !== 'backfill' || j.failures > 0) && <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{sentence(j.last_result)}</Text>}
      {j.failures > 0 && <Text size="xs" fw={600} c="light-dark(#a61e1e, #ff9d9d)">{many(j.failures, 'failure')} in a row</Text>}
    </div>
  );
}

function Confirm({ job: j, name, close }: { job: ScheduledJob; name: string; close: () => void }) {
  const remove = useMutation({ mutationFn: () => unwrap(api.DELETE('/api/v1/scheduled-jobs/{id}', path(j))), onSuccess: async () => { await refresh(); close(); } });
  return (
    <Stack>
      <Text size="sm">{wordsOf(j).name} of {name}. {j.done_at ? 'It is done; what it has found stays.' : wordsOf(j).without}</Text>
      {remove.error && <Failure error={remove.error} />}
      <Group justify="flex-end"><Button variant="default" data-autofocus onClick={close}>Cancel</Button><Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>Delete</Button></Group>
    </Stack>
  );
}

/** Setup > Scheduled Jobs: what connectors do by themselves. */
export function ScheduledJobsPage() {
  const query = useQuery(queries.scheduledJobs());
  const connectors = useQuery(queries.connectors());
  const [deleting, setDeleting] = useState<ScheduledJob>();
  const of = (j: ScheduledJob) => connectors.data?.items.find((c) => c.provider === j.provider);
  const run = useMutation({
    mutationFn: (j: ScheduledJob) => unwrap(api.POST('/api/v1/scheduled-jobs/{id}/run', path(j))),
    onSuccess: (_, j) => { notifications.show({ message: `${wordsOf(j).name} of ${of(j)?.name ?? title(j.provider)} was started.` }); return refresh(); },
  });
  return (
    <>
      <PageTitle>Scheduled Jobs</PageTitle>
      <QuickFind />
      <Stack>
        <Text c="dimmed">What connectors do by themselves. A connector that was switched off can be switched on again once its jobs are deleted.</Text>
        {run.error && <Failure error={run.error} />}
        <Loaded query={query}>
          {(data) => data.items.length === 0
            ? <Empty title="No scheduled jobs" action={<Button component={Link} to="/voice-connector" mt="sm">Open Voice Connector</Button>}>A connector makes its jobs when it is switched on.</Empty>
            : (
              <Table.ScrollContainer minWidth={300}>
                <Table verticalSpacing="sm">
                  <Table.Thead><Table.Tr><Table.Th>Job</Table.Th><Table.Th className="wide">Next run</Table.Th><Table.Th className="wide">Last run</Table.Th><Table.Th className="wide"><span className="visually-hidden">Run or delete</span></Table.Th></Table.Tr></Table.Thead>
                  <Table.Tbody>{data.items.map((j) => <Row key={j.id} job={j} connector={of(j)} running={run.isPending && run.variables.id === j.id} run={() => run.mutate(j)} remove={() => setDeleting(j)} />)}</Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )}
        </Loaded>
      </Stack>
      <Dialog opened={!!deleting} onClose={() => setDeleting(undefined)} title="Delete this scheduled job?">
        {deleting && <Confirm job={deleting} name={of(deleting)?.name ?? title(deleting.provider)} close={() => setDeleting(undefined)} />}
      </Dialog>
    </>
  );
}
