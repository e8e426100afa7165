import { Grid, Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

import { FixLink, Loaded, Notice, PageTitle, StateBadge } from '../../components/states';
import type { Call } from '../../lib/api';
import { clock, phone, when } from '../../lib/format';
import { queries } from '../../lib/queries';
import { Again } from './again';
import { InsightsPanel } from './insights';
import { PlayerBar } from './player';
import { other } from './row';
import { TranscriptPanel } from './transcript';
import { usePlayer } from './use-player';
import { WrittenPanel } from './written';

/** Where a call is that is not ready, in words. */
function Progressing({ call }: { call: Call }) {
  if (call.state === 'processed') return null;
  if (call.explanation) {
    return (
      <Notice title={call.explanation.title}>
        <Text size="sm">{call.explanation.meaning} {call.explanation.fix}</Text>
        <FixLink to={call.explanation.page} />
      </Notice>
    );
  }
  return <Group gap="sm" role="status"><Loader size="sm" aria-hidden /><Text>{call.transcript ? 'Looking for insights…' : 'The recording is here and can be played. It is being transcribed…'}</Text></Group>;
}

function CallView({ call }: { call: Call }) {
  const player = usePlayer(call.transcript);
  const jump = (line: number) => player.seek(call.transcript?.lines.find((l) => l.id === line)?.start ?? 0);
  return (
    <>
      <PageTitle back={{ to: '/calls', label: 'Calls' }} aside={<Group gap="xs"><Again call={call} /><StateBadge state={call.state} reason={call.reason_title} /></Group>}>{other(call)}</PageTitle>
      <Text c="dimmed" mb="md" mt={-10}>
        {[call.voicemail ? 'Voicemail' : call.direction === 'inbound' ? 'Inbound' : 'Outbound', call.user, phone(call.direction === 'inbound' ? call.from : call.to), when(call.started_at), clock(call.duration)].filter(Boolean).join(' · ')}
      </Text>
      <Stack gap="sm">
        <Progressing call={call} />
        <PlayerBar call={call} player={player} />
        <Grid gap="sm">
          <Grid.Col span={{ base: 12, md: 7 }}>{call.transcript && <TranscriptPanel transcript={call.transcript} {...(call.state === 'processed' && { callId: call.id })} time={player.time} jumps={player.jumps} onSeek={player.seek} />}</Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}><Stack gap="sm">{call.transcript && call.state === 'processed' && <WrittenPanel id={call.id} onJump={jump} />}<InsightsPanel call={call} onSeek={player.seek} /></Stack></Grid.Col>
        </Grid>
      </Stack>
    </>
  );
}

export function CallPage() {
  const { id } = useParams({ strict: false });
  const query = useQuery(queries.call(id ?? ''));
  return <Loaded query={query} rows={8} head="Call">{(call) => <CallView key={call.id} call={call} />}</Loaded>;
}
