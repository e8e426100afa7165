import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { components } from '../../api/schema';
import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { many, when } from '../../lib/format';

type Answer = components['schemas']['ExplorerAnswer'];
type Ask = components['schemas']['AskInBody'];
export type Scope = Omit<Ask, 'question' | '$schema'>;

function Cites({ cites, calls, onJump }: { cites: Answer['sentences'][number]['cites']; calls: Answer['calls']; onJump?: ((line: number) => void) | undefined }) {
  return (
    <Group gap={4} mt={2}>
      {cites.map((c) => {
        const call = calls.find((x) => x.id === c.call_id);
        return onJump
          ? <Button key={c.line} size="compact-xs" variant="default" onClick={() => onJump(c.line)}>line {c.line}</Button>
          : <Button key={`${c.call_id} ${c.line}`} size="compact-xs" variant="default" renderRoot={(props) => <Link {...props} to="/calls/$id" params={{ id: c.call_id }} />}>{call ? `${call.contact_name || call.user}, ${when(call.started_at)}` : 'Call'}, line {c.line}</Button>;
      })}
    </Group>
  );
}

function Answered({ answer, onJump }: { answer: Answer; onJump?: ((line: number) => void) | undefined }) {
  const about = [answer.calls.length > 0 && !onJump && `From ${many(answer.calls.length, 'call')}`, answer.dropped > 0 && `${answer.dropped} dropped by checks`, answer.tokens > 0 && `${answer.tokens.toLocaleString()} tokens`, answer.cost > 0 && `${answer.cost.toFixed(4)} ${answer.currency}`].filter(Boolean).join(' · ');
  return (
    <Stack gap="sm" role="status">
      {answer.sentences.length === 0 && <Text size="sm">What was said does not answer this{answer.dropped > 0 && ', or no sentence of the answer passed the checks'}. Ask with words that would be said in a call.</Text>}
      {answer.sentences.map((s, i) => <div key={i}><Text size="sm">{s.text}</Text><Text size="xs" c="dimmed">“{s.quote}”</Text><Cites cites={s.cites} calls={answer.calls} onJump={onJump} /></div>)}
      {about && <Text size="xs" c="dimmed">{about}</Text>}
    </Stack>
  );
}

/** Asks about calls. Every sentence of the answer cites lines; what they do not support is not shown. */
export function AskPanel({ scope, label, onJump }: { scope: Scope; label: string; onJump?: (line: number) => void }) {
  const [question, setQuestion] = useState('');
  const ask = useMutation({ mutationFn: () => unwrap(api.POST('/api/v1/explorer', { body: { question, ...scope } })) });
  return (
    <Stack gap="sm">
      <form onSubmit={(e) => { e.preventDefault(); if (question.trim()) ask.mutate(); }}>
        <Group gap="xs" align="end" wrap="nowrap">
          <TextInput style={{ flex: 1 }} label={label} placeholder="Why does the customer hesitate?" maxLength={500} value={question} onChange={(e) => setQuestion(e.currentTarget.value)} />
          <Button type="submit" loading={ask.isPending} disabled={!question.trim()}>Ask</Button>
        </Group>
      </form>
      {ask.isPending && <Text size="sm" c="dimmed" role="status">Reading and checking…</Text>}
      {ask.error && <Failure error={ask.error} />}
      {ask.data && !ask.isPending && <Answered answer={ask.data} onJump={onJump} />}
    </Stack>
  );
}
