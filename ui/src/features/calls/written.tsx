import { Badge, Button, Card, Group, List, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import type { components } from '../../api/schema';
import { Failure, Loaded, Notice } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { day, many, speakerName, when } from '../../lib/format';
import { queries, queryClient } from '../../lib/queries';
import { AskPanel } from '../explorer/ask';

type Writing = components['schemas']['CallWriting'];
type Work = NonNullable<Writing['work']>;
type Written = NonNullable<Work['written']>;
type Jump = (line: number) => void;

/** A sentence by the model, with the lines that it cites; each leads there. */
function Cited({ item, onJump, children }: { item: { text: string; quote: string; lines: number[] }; onJump: Jump; children?: ReactNode }) {
  return (
    <div>
      <Text size="sm">{item.text}</Text>
      <Group gap={4} mt={2}>
        {item.lines.map((l) => <Button key={l} size="compact-xs" variant="default" title={`“${item.quote}”`} aria-label={`Line ${l}: “${item.quote}”`} onClick={() => onJump(l)}>line {l}</Button>)}
        {children}
      </Group>
    </div>
  );
}

/** What the model wrote, beside what the rules found. */
function Found({ written, onJump }: { written: Written; onJump: Jump }) {
  return (
    <>
      {written.next_steps.length > 0 && <Part heading="Next steps">{written.next_steps.map((s, i) => <Cited key={i} item={s} onJump={onJump}>{s.owner && <Badge size="sm" variant="default" tt="none">{speakerName(s.owner)}</Badge>}{s.due && <Badge size="sm" variant="default" tt="none">by {day(s.due)}</Badge>}</Cited>)}</Part>}
      {written.questions.length > 0 && <Part heading="Questions">{written.questions.map((q, i) => <Cited key={i} item={{ text: q.text, quote: q.text, lines: [q.line, ...(q.answer_line ? [q.answer_line] : [])] }} onJump={onJump}>{!q.answer_line && <Badge size="sm" variant="default" tt="none">no answer found</Badge>}</Cited>)}</Part>}
      {[...new Set(written.insights.map((i) => i.name))].map((name) => <Part key={name} heading={name}>{written.insights.filter((i) => i.name === name).map((i, n) => <Cited key={n} item={i} onJump={onJump} />)}</Part>)}
    </>
  );
}

function Part({ heading, children }: { heading: string; children: ReactNode }) {
  return <div><Text size="xs" fw={600} c="dimmed" component="h3" mb={4}>{heading}</Text><Stack gap="xs">{children}</Stack></div>;
}

/** What the checks dropped, and why. */
function Dropped({ items }: { items: Written['dropped'] }) {
  const [shown, setShown] = useState(false);
  if (items.length === 0) return null;
  return (
    <div>
      <Button size="compact-xs" variant="default" aria-expanded={shown} onClick={() => setShown(!shown)}>{items.length} dropped by checks</Button>
      {shown && <List size="xs" mt="xs" spacing={4}>{items.map((d, i) => <List.Item key={i}>{d.text && <>“{d.text}”: </>}{d.why}</List.Item>)}</List>}
    </div>
  );
}

const waiting: Record<string, string> = { queued: 'The language model is writing about this call…', waiting: 'Waiting: ', skipped: 'Skipped: ', failed: 'The language model wrote nothing: ' };

function State({ work }: { work: Work }) {
  if (work.state === 'done') return null;
  return <Text size="sm" c="dimmed" role="status">{waiting[work.state]}{work.state !== 'queued' && work.detail}</Text>;
}

/** Replaces the summary by one's own. All earlier ones are kept. */
function Edit({ id, text, done }: { id: string; text: string; done: () => void }) {
  const [draft, setDraft] = useState(text);
  const save = useMutation({
    mutationFn: () => unwrap(api.PUT('/api/v1/calls/{id}/summary', { params: { path: { id } }, body: { text: draft } })),
    onSuccess: (data) => { queryClient.setQueryData(queries.writing(id).queryKey, data); done(); },
  });
  return (
    <form onSubmit={(e) => { e.preventDefault(); save.mutate(); }}>
      <Textarea label="Summary" autosize minRows={3} maxRows={14} maxLength={8000} value={draft} onChange={(e) => setDraft(e.currentTarget.value)} data-autofocus />
      <Group gap="xs" mt="xs"><Button type="submit" size="xs" loading={save.isPending} disabled={!draft.trim()}>Save</Button><Button size="xs" variant="default" onClick={done}>Cancel</Button></Group>
      {save.error && <Failure error={save.error} />}
    </form>
  );
}

function History({ items }: { items: Writing['history'] }) {
  const [shown, setShown] = useState(false);
  if (items.length < 2) return null;
  return (
    <div>
      <Button size="compact-xs" variant="default" aria-expanded={shown} onClick={() => setShown(!shown)}>{many(items.length, 'version')}</Button>
      {shown && <Stack gap="xs" mt="xs">{items.map((v) => <div key={v.id}><Text size="xs" c="dimmed">{v.by || 'Language model'}, {when(v.at)}</Text><Text size="sm" style={{ whiteSpace: 'pre-line' }}>{v.text}</Text></div>)}</Stack>}
    </div>
  );
}

function Summary({ id, w, onJump }: { id: string; w: Writing; onJump: Jump }) {
  const [editing, setEditing] = useState(false);
  const start = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/calls/{id}/writing', { params: { path: { id } } })), onSuccess: (data) => queryClient.setQueryData(queries.writing(id).queryKey, data) });
  const written = w.work?.written;
  const busy = w.work?.state === 'queued' || w.work?.state === 'waiting';
  if (editing) return <Edit id={id} text={w.edited?.text ?? written?.summary.map((s) => s.text).join('\n') ?? ''} done={() => setEditing(false)} />;
  return (
    <Stack gap="sm">
      {w.work && <State work={w.work} />}
      {w.stale && <Notice title="The transcript has changed since"><Text size="sm">What is cited may read otherwise by now.</Text></Notice>}
      {w.edited ? <div><Text size="sm" style={{ whiteSpace: 'pre-line' }}>{w.edited.text}</Text><Text size="xs" c="dimmed">Edited by {w.edited.by}, {when(w.edited.at)}. Not checked against the lines.</Text></div> : written?.summary.map((s, i) => <Cited key={i} item={s} onJump={onJump} />)}
      {written && !w.edited && written.summary.length === 0 && <Text size="sm" c="dimmed">Nothing that the model wrote as a summary passed the checks.</Text>}
      {written && <Found written={written} onJump={onJump} />}
      <Group gap="xs">
        {w.on && !busy && <Button size="compact-sm" loading={start.isPending} variant={written ? 'default' : 'filled'} onClick={() => start.mutate()}>{written ? 'Write again' : 'Write with the language model'}</Button>}
        <Button size="compact-sm" variant="default" onClick={() => setEditing(true)}>{w.edited || written ? 'Edit summary' : 'Write a summary'}</Button>
      </Group>
      {start.error && <Failure error={start.error} />}
      {written && <Dropped items={written.dropped} />}
      <History items={w.history} />
      {w.work?.model !== undefined && written && <Text size="xs" c="dimmed">{[w.work.model || w.work.kind, `${(w.work.usage.in + w.work.usage.out).toLocaleString()} tokens`, w.work.cost ? `${w.work.cost.toFixed(4)} ${w.work.currency ?? ''}` : '', when(w.work.updated_at)].filter(Boolean).join(' · ')}</Text>}
    </Stack>
  );
}

/** The written summary of a call, every sentence with the lines that support it, and what else the model found. */
export function WrittenPanel({ id, onJump }: { id: string; onJump: Jump }) {
  const query = useQuery(queries.writing(id));
  return (
    <>
    <Card withBorder p="sm" component="section" aria-label="Summary">
      <Group gap="xs" mb="xs"><Title order={2} size="h4">Summary</Title>{query.data?.work?.written && <Badge variant="default" tt="none">by model, checked</Badge>}</Group>
      <Loaded query={query} rows={2}>{(w) => <Summary id={id} w={w} onJump={onJump} />}</Loaded>
    </Card>
    {query.data?.on && <Card withBorder p="sm" component="section" aria-label="Call Explorer"><Title order={2} size="h4" mb="xs">Call Explorer</Title><AskPanel scope={{ call_id: id }} label="Question about this call" onJump={onJump} /></Card>}
    </>
  );
}
