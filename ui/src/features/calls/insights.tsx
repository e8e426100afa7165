import { Badge, Button, Card, Group, List, Progress, Stack, Table, Text, Title, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

import type { Call, Insights } from '../../lib/api';
import { clock, day, speakerName, title } from '../../lib/format';

type Jump = (line: number) => void;

function Section({ heading, count, children }: { heading: string; count?: number; children: ReactNode }) {
  return (
    <Card withBorder p="sm" component="section" aria-label={heading}>
      <Group gap="xs" mb="xs"><Title order={2} size="h4">{heading}</Title>{count !== undefined && <Badge variant="default">{count}</Badge>}</Group>
      {children}
    </Card>
  );
}

/** A text that leads to its line. */
function Quote({ line, onJump, children }: { line?: number; onJump: Jump; children: ReactNode }) {
  if (line === undefined) return <span>{children}</span>;
  return <Button variant="subtle" color="gray" c="var(--mantine-color-text)" size="compact-sm" h="auto" px={4} fw={400} onClick={() => onJump(line)} styles={{ label: { whiteSpace: 'normal', textAlign: 'left', lineHeight: 1.45 } }}>{children}</Button>;
}

const none = (what: string) => <Text size="sm" c="dimmed">{what}</Text>;

function NextSteps({ items, onJump, user }: { items: Insights['next_steps']; onJump: Jump; user: string }) {
  if (items.length === 0) return none('Nothing was promised or asked for.');
  return (
    <Stack gap="xs">
      {items.map((s, i) => (
        <div key={i} data-testid="next-step">
          <Quote line={s.lines[0]} onJump={onJump}>{s.text}</Quote>
          <Group gap={6} px={4}>
            {s.owner && <Badge size="sm" variant="default" tt="none">{s.owner === 'agent' ? user || 'Agent' : 'Customer'}</Badge>}
            {s.due && <Badge size="sm" variant="default" tt="none">by {day(s.due)}</Badge>}
          </Group>
        </div>
      ))}
    </Stack>
  );
}

function Questions({ items, onJump }: { items: Insights['questions']; onJump: Jump }) {
  if (items.length === 0) return none('Nothing was asked.');
  return (
    <List listStyleType="none" spacing={4}>
      {items.map((q, i) => (
        <List.Item key={i}>
          <Text span size="xs" fw={600} style={{ color: `var(--${q.speaker === 'customer' ? 'customer' : 'agent'})` }}>{speakerName(q.speaker)}</Text>
          {!q.answered && <Badge ml={6} size="xs" variant="default" tt="none">not answered</Badge>}
          <div><Quote line={q.line} onJump={onJump}>{q.text}</Quote></div>
        </List.Item>
      ))}
    </List>
  );
}

function Mentions({ items, onSeek }: { items: Insights['mentions']; onSeek: (seconds: number) => void }) {
  if (items.length === 0) return none('No keyword was said.');
  const categories = [...new Set(items.map((m) => m.category))].sort();
  return (
    <Stack gap="xs">
      {categories.map((category) => (
        <div key={category}>
          <Text size="xs" fw={600} c="dimmed">{title(category)}</Text>
          <Group gap={6}>
            {items.filter((m) => m.category === category).map((m, i) => (
              <Tooltip key={i} label={`${speakerName(m.speaker)} at ${clock(m.start)}${m.match === 'exact' ? '' : `, ${m.match === 'fuzzy' ? 'by spelling' : 'by sound'}`}`}>
                <Button size="compact-xs" variant="default" onClick={() => onSeek(m.start)}>{m.keyword}{m.match !== 'exact' && ' ≈'}</Button>
              </Tooltip>
            ))}
          </Group>
        </div>
      ))}
    </Stack>
  );
}

function Points({ items, onJump }: { items: NonNullable<Insights['points']>; onJump: Jump }) {
  return (
    <List listStyleType="none" spacing={4}>
      {items.map((p, i) => (
        <List.Item key={i}>
          <Badge size="xs" variant="default" tt="none">{p.kind === 'agreed' ? 'Agreed' : 'Disputed'}</Badge>
          <div><Quote line={p.lines[0]} onJump={onJump}>{p.text}</Quote></div>
        </List.Item>
      ))}
    </List>
  );
}

/** What each metric means, in a sentence; docs/metrics.md has the whole definition. */
const metricRows: { key: 'longest_monologue' | 'patience' | 'words_per_minute' | 'interruptions' | 'questions'; label: string; help: string; show: (v: number) => string }[] = [
  { key: 'longest_monologue', label: 'Longest monologue', help: 'The longest time that one side speaks while the other says hardly a word.', show: clock },
  { key: 'words_per_minute', label: 'Speaking rate', help: 'Words a minute of own speech.', show: (v) => `${Math.round(v)}/min` },
  { key: 'patience', label: 'Patience', help: 'The usual pause before this side replies.', show: (v) => `${v.toFixed(1)} s` },
  { key: 'interruptions', label: 'Interruptions', help: 'How often this side cut in and the other gave way.', show: String },
  { key: 'questions', label: 'Questions', help: 'How many questions this side asked.', show: String },
];

function Metrics({ metrics }: { metrics: Insights['metrics'] }) {
  const speakers = Object.keys(metrics.talk_ratio).sort();
  if (speakers.length === 0) return none('Nobody speaks.');
  return (
    <Stack gap="sm">
      <div>
        <Progress.Root size="xl" role="img" aria-label={speakers.map((s) => `${speakerName(s)} ${Math.round((metrics.talk_ratio[s] ?? 0) * 100)} %`).join(', ')}>
          {speakers.map((s) => <Progress.Section key={s} value={(metrics.talk_ratio[s] ?? 0) * 100} color={`var(--${s === 'customer' ? 'customer' : 'agent'})`} aria-label={speakerName(s)} />)}
        </Progress.Root>
        <Group justify="space-between" mt={4}>{speakers.map((s) => <Text key={s} size="sm">{speakerName(s)} {Math.round((metrics.talk_ratio[s] ?? 0) * 100)} %</Text>)}</Group>
      </div>
      <Table fz="sm" verticalSpacing={4}>
        <Table.Thead><Table.Tr><Table.Th>Metric</Table.Th>{speakers.map((s) => <Table.Th key={s}>{speakerName(s)}</Table.Th>)}</Table.Tr></Table.Thead>
        <Table.Tbody>
          {metricRows.map((r) => (
            <Table.Tr key={r.key}>
              <Table.Td><Tooltip label={r.help} multiline maw={260}><span tabIndex={0} style={{ borderBottom: '1px dotted' }}>{r.label}</span></Tooltip></Table.Td>
              {speakers.map((s) => { const v = metrics[r.key]?.[s]; return <Table.Td key={s}>{v === undefined ? '–' : r.show(v)}</Table.Td>; })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" c="dimmed">Silence {Math.round(metrics.silence_ratio * 100)} %, longest {clock(metrics.longest_silence)}</Text>
    </Stack>
  );
}

/** All that was found in a call, each item leading to its line. */
export function InsightsPanel({ call, onSeek }: { call: Call; onSeek: (seconds: number) => void }) {
  const { insights, transcript } = call;
  if (!insights || !transcript) return null;
  const starts = new Map(transcript.lines.map((l) => [l.id, l.start]));
  const jump: Jump = (line) => onSeek(starts.get(line) ?? 0);
  return (
    <Stack gap="sm">
      <Section heading="Next steps" count={insights.next_steps.length}><NextSteps items={insights.next_steps} onJump={jump} user={call.user} /></Section>
      {insights.call_reason && <Section heading="Reason for the call"><Quote line={insights.call_reason.lines[0]} onJump={jump}>{insights.call_reason.text}</Quote></Section>}
      <Section heading="Key moments"><List listStyleType="none" spacing={6}>{insights.summary.map((k, i) => <List.Item key={i}><Quote line={k.lines[0]} onJump={jump}>{k.text}</Quote></List.Item>)}</List>{insights.summary.length === 0 && none('Too little was said.')}</Section>
      <Section heading="Questions" count={insights.questions.length}><Questions items={insights.questions} onJump={jump} /></Section>
      {insights.points && insights.points.length > 0 && <Section heading="Agreed and disputed" count={insights.points.length}><Points items={insights.points} onJump={jump} /></Section>}
      <Section heading="Mentions" count={insights.mentions.length}><Mentions items={insights.mentions} onSeek={onSeek} /></Section>
      <Section heading="Talk"><Metrics metrics={insights.metrics} /></Section>
    </Stack>
  );
}
