import { Badge, Group, Progress, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import { LongBody, ROW_HEIGHT } from '../../components/rows';
import { StateBadge } from '../../components/states';
import type { CallSummary } from '../../lib/api';
import { clock, phone, title, when } from '../../lib/format';

/** With whom: the contact's name, or the number of the other side. */
export function other(c: CallSummary): string {
  return c.contact_name || phone(c.direction === 'inbound' ? c.from : c.to) || 'Unknown number';
}

export function TalkBar({ ratio }: { ratio: Record<string, number> }) {
  if (ratio.agent === undefined || ratio.customer === undefined) return <Text size="sm" c="dimmed">–</Text>;
  const agent = Math.round(ratio.agent * 100);
  return (
    <div title={`Agent ${agent} %, customer ${100 - agent} %`}>
      <Progress.Root size="sm" aria-hidden><Progress.Section value={agent} color="var(--agent)" /><Progress.Section value={100 - agent} color="var(--customer)" /></Progress.Root>
      <Text size="xs" c="dimmed">{agent} : {100 - agent}</Text>
    </div>
  );
}

export function CallRow({ call, index }: { call: CallSummary; index: number }) {
  return (
    <Table.Tr h={ROW_HEIGHT} aria-rowindex={index + 2}>
      <Table.Td maw={260}>
        <Link to="/calls/$id" params={{ id: call.id }} className="truncate" style={{ display: 'block', fontWeight: 600 }} title={other(call)}>{other(call)}</Link>
        <Text size="xs" c="dimmed" className="truncate">{call.voicemail ? 'Voicemail' : call.direction === 'inbound' ? 'Inbound' : 'Outbound'} · {clock(call.duration)}<span className="narrow"> · {when(call.started_at)}{call.state !== 'processed' && ` · ${call.reason_title || title(call.state)}`}</span></Text>
      </Table.Td>
      <Table.Td maw={180} className="wide truncate" title={call.user}>{call.user}</Table.Td>
      <Table.Td className="wide truncate">{when(call.started_at)}</Table.Td>
      <Table.Td className="wide" w={110}><TalkBar ratio={call.talk_ratio} /></Table.Td>
      <Table.Td className="wide">
        {call.state === 'processed'
          ? <Group gap={4} wrap="nowrap"><Badge variant="default" tt="none">{call.next_steps} next steps</Badge><Badge variant="default" tt="none">{call.questions} questions</Badge></Group>
          : <StateBadge state={call.state} reason={call.reason_title} />}
      </Table.Td>
    </Table.Tr>
  );
}

/** Calls with the least that tells them apart, for places with little room. */
export function CallList({ calls }: { calls: CallSummary[] }) {
  return (
    <Table verticalSpacing="xs">
      <Table.Tbody>
        {calls.map((c) => (
          <Table.Tr key={c.id}>
            <Table.Td maw={220}>
              <Link to="/calls/$id" params={{ id: c.id }} className="truncate" style={{ display: 'block', fontWeight: 600 }} title={other(c)}>{other(c)}</Link>
              <Text size="xs" c="dimmed" className="truncate">{c.user} · {when(c.started_at)}</Text>
            </Table.Td>
            <Table.Td w={90}>{c.state === 'processed' ? <TalkBar ratio={c.talk_ratio} /> : <StateBadge state={c.state} />}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export function CallTable({ calls }: { calls: CallSummary[] }) {
  return (
    <Table.ScrollContainer minWidth={300}>
      <Table verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr><Table.Th>With</Table.Th><Table.Th className="wide">User</Table.Th><Table.Th className="wide">When</Table.Th><Table.Th className="wide">Talk</Table.Th><Table.Th className="wide">Found</Table.Th></Table.Tr>
        </Table.Thead>
        <LongBody items={calls}>{(c, i) => <CallRow key={c.id} call={c} index={i} />}</LongBody>
      </Table>
    </Table.ScrollContainer>
  );
}
