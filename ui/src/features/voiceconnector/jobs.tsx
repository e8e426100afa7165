import { Anchor, Button, Card, Group, Progress, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import { Failure } from '../../components/states';
import { ApiError, type ScheduledJob } from '../../lib/api';
import { sentence } from '../../lib/format';
import { progressOf, windowOf } from '../../lib/jobs';

/** How far a back-fill has come, as a bar and in words. */
export function JobProgress({ job: j }: { job: ScheduledJob }) {
  return (
    <Stack gap={2}>
      <Progress.Root size="sm" radius="xl"><Progress.Section value={j.done_at ? 100 : j.progress * 100} aria-label={`Progress of ${windowOf(j)}`} aria-valuetext={progressOf(j)} /></Progress.Root>
      <Text size="xs" c="dimmed">{progressOf(j)}</Text>
    </Stack>
  );
}

export const JobsLink = ({ children = 'Scheduled Jobs' }: { children?: string }) => <Anchor component={Link} to="/setup/scheduled-jobs" size="sm" fw={600} w="fit-content">{children}</Anchor>;

/** Why a switch could not be turned. Where scheduled jobs of before stand in the way, they can be deleted at once. */
export function SwitchFailure({ error, deleteAndEnable, pending }: { error: Error; deleteAndEnable: () => void; pending?: boolean }) {
  if (!(error instanceof ApiError && error.code === 'jobs_remain')) return <Failure error={error} />;
  return (
    <Card withBorder role="alert" p="md" className="failure">
      <Text fw={650} mb={4}>Scheduled jobs remain</Text>
      <Text size="sm">{sentence(error.message)}</Text>
      <Group mt="sm"><Button size="xs" loading={pending} onClick={deleteAndEnable}>Delete them and enable</Button><JobsLink>Go to Scheduled Jobs</JobsLink></Group>
    </Card>
  );
}
