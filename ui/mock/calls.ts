// Calls of the mock API: a few whole ones, one of each trouble, and ten thousand VC Calls.
import type { components } from '../src/api/schema';
import { NOW, at, random, reasons, users } from './company.ts';
import { why } from './explain.ts';

type S = components['schemas'];
type Said = [speaker: 'agent' | 'customer', text: string];

const dialogue: Said[] = [
  ['agent', 'Thank you for calling Larkspur Office Supplies, this is Maria speaking. This call is recorded for quality. How can I help you today?'],
  ['customer', 'Hi Maria. I have a question about our last invoice. Why is there an extra fee of forty dollars?'],
  ['agent', 'Let me look at that for you. The fee is for the express delivery on the second of the month.'],
  ['customer', 'I did not ask for an express delivery, and that is far too expensive for us.'],
  ['agent', 'Then that was our mistake. I will remove the fee and send you a new invoice by Friday.'],
  ['customer', 'Thank you. Staplemart offered us the same chairs for twenty percent less, by the way.'],
  ['agent', 'I understand. What would you need from us to stay?'],
  ['customer', 'A yearly price, and a demonstration of the standing desks for our finance lead, Robert.'],
  ['agent', 'I can send you a quote with a yearly price this afternoon, and we can show you the desks next Tuesday at three. Does that work?'],
  ['customer', 'Tuesday works. I will ask Robert to join, and I will pay as soon as I get the new invoice.'],
  ['agent', 'Perfect. Is there anything else?'],
  ['customer', 'No, that is all. When do you close today?'],
];

/** Lines one after the other, with a long silence before the seventh. */
function transcript(layout: S['Transcript']['layout'], rounds = 1): S['Transcript'] {
  const lines: S['Line'][] = [];
  let clock = 0.8;
  for (let round = 0; round < rounds; round++) {
    dialogue.forEach(([speaker, text], i) => {
      if (i === 6) clock += 7;
      const end = clock + text.length * 0.062;
      lines.push({ id: lines.length + 1, speaker: layout === 'stereo' ? speaker : 'speaker_1', channel: layout === 'stereo' && speaker === 'customer' ? 1 : 0, start: clock, end, text });
      clock = end + 0.5;
    });
  }
  const speech: S['Transcript']['speech'] = {};
  for (const l of lines) (speech[l.speaker] ??= []).push({ start: l.start, end: l.end });
  return { channels: layout === 'mono' ? 1 : 2, layout, engine: { name: 'moonshine', model: 'tiny-en' }, language: 'en', duration: clock + 1, lines, speech };
}

function insights(t: S['Transcript']): S['Insights'] {
  const start = (line: number) => t.lines[line - 1]?.start ?? 0;
  const mention = (category: string, keyword: string, speaker: string, line: number, match = 'exact') => ({ category, keyword, speaker, line, start: start(line), match });
  const both = (agent: number, customer: number) => ({ agent, customer });
  return {
    summary: [{ text: 'The express fee of forty dollars was a mistake and is taken back.', lines: [5] }, { text: 'Staplemart offered the same chairs for twenty percent less.', lines: [6] }, { text: 'The customer wants a yearly price and a demonstration.', lines: [8] }],
    next_steps: [
      { text: 'Remove the fee and send a new invoice', owner: 'agent', due: '2026-11-27', lines: [5] },
      { text: 'Send a quote with a yearly price', owner: 'agent', due: '2026-11-23', lines: [9] },
      { text: 'Show the standing desks', owner: null, due: '2026-11-24', lines: [9] },
      { text: 'Pay as soon as the new invoice is here', owner: 'customer', due: null, lines: [10] },
    ],
    questions: [
      { text: 'Why is there an extra fee of forty dollars?', speaker: 'customer', line: 2, answered: true },
      { text: 'What would you need from us to stay?', speaker: 'agent', line: 7, answered: true },
      { text: 'Does that work?', speaker: 'agent', line: 9, answered: true },
      { text: 'When do you close today?', speaker: 'customer', line: 12, answered: false },
    ],
    mentions: [mention('consent', 'call is recorded', 'agent', 1), mention('pricing', 'invoice', 'customer', 2), mention('pricing', 'fee', 'agent', 3), mention('objection', 'too expensive', 'customer', 4), mention('pricing', 'invoice', 'agent', 5), mention('competitor', 'Staplemart', 'customer', 6, 'phonetic'), mention('product', 'standing desks', 'customer', 8, 'fuzzy')],
    metrics: {
      talk_ratio: both(0.57, 0.43), talk_seconds: both(36, 27), longest_monologue: both(8.6, 6.2), interruptions: both(1, 0), patience: both(0.6, 0.5), words_per_minute: both(162, 148), questions: both(2, 2),
      silence_ratio: 0.18, longest_silence: 7.5,
    },
  };
}

const names = ['Peter Lang', 'Grace Oliver', 'Victor Hale', 'Alice Hunter', 'Daniel Frost', 'Karen Miles', '', 'Robert Stone of Marrow & Daughters International Holdings Limited Partnership (Headquarters)'];

function call(i: number, more: Partial<S['CallDetail']> = {}): S['CallDetail'] {
  const user = users[1 + (i % 5)];
  return {
    id: `c${i}`, vc_call_id: `v${i}`, provider: 'aircall', user_id: user?.id ?? '', user: user?.name ?? '', direction: i % 3 === 0 ? 'outbound' : 'inbound', from: i % 3 === 0 ? '+16465550101' : `+1212555${1000 + i}`, to: i % 3 === 0 ? `+1212555${1000 + i}` : '+16465550101',
    contact_name: names[i % names.length] ?? '', started_at: at(NOW - i * 2_700_000), duration: 62, state: 'processed', reason: '', reason_title: '', voicemail: false, questions: 0, next_steps: 0, mentions: 0, talk_ratio: {}, ...more,
  };
}

function whole(i: number, layout: S['Transcript']['layout'] = 'stereo', rounds = 1): S['CallDetail'] {
  const t = transcript(layout, rounds);
  const found = insights(t);
  return call(i, { duration: t.duration, transcript: t, insights: found, questions: found.questions.length, next_steps: found.next_steps.length, mentions: found.mentions.length, talk_ratio: layout === 'stereo' ? found.metrics.talk_ratio : {}, recording: recording(`c${i}`, t.duration) });
}

const recording = (id: string, duration: number): S['Recording'] => ({ content_type: 'audio/wav', size: Math.round(duration * 16_000 * 2), duration, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', url: `/api/v1/calls/${id}/recording` });

/** A call that has its recording and waits at a stage or for a reason. */
function stuck(i: number, state: string, code = ''): S['CallDetail'] {
  const explanation = reasons.find((r) => r.code === code);
  return call(i, { state, reason: code, reason_title: explanation?.title ?? '', ...(explanation && { explanation }), recording: recording(`c${i}`, 62) });
}

/** c0 and on are whole; then a long one, dual mono, nothing said, being transcribed, engine missing, mono without separation. */
export const calls: S['CallDetail'][] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((i) => whole(i)),
  whole(8, 'stereo', 12), whole(9, 'dual_mono'),
  { ...whole(10), voicemail: true, transcript: { ...transcript('mono'), lines: [], speech: {} }, insights: { ...insights(transcript('mono')), summary: [], next_steps: [], questions: [], mentions: [], metrics: { talk_ratio: {}, talk_seconds: {}, silence_ratio: 1, longest_silence: 62 } }, talk_ratio: {}, questions: 0, next_steps: 0, mentions: 0 },
  stuck(11, 'processing'), stuck(12, 'waiting', 'engine_missing'), stuck(13, 'skipped', 'separation_off'),
  ...Array.from({ length: 240 }, (_, i) => whole(14 + i)),
];

export const summary = (c: S['CallDetail']): S['CallSummary'] => {
  const out: S['CallSummary'] & Partial<Pick<S['CallDetail'], 'transcript' | 'insights' | 'recording' | 'explanation'>> = { ...c };
  for (const key of ['transcript', 'insights', 'recording', 'explanation'] as const) Reflect.deleteProperty(out, key);
  return out;
};

const VC_CALLS = 10_000;

export const vcCalls: S['VCCall'][] = (() => {
  const next = random(7);
  return Array.from({ length: VC_CALLS }, (_, i): S['VCCall'] => {
    const known = calls[i];
    const why = known ? reasons.find((r) => r.code === known.reason) : next() < 0.3 ? reasons[Math.floor(next() * reasons.length)] : undefined;
    const started = NOW - i * 310_000;
    const user = why?.code === 'no_user' ? undefined : users[1 + (i % 5)];
    return {
      id: `v${i}`, provider: 'aircall', provider_call_id: String(918_400_000 - i), received_via: i % 9 === 0 ? 'hourly' : 'realtime', state: (known?.state ?? why?.state ?? 'processed') as S['VCCall']['state'], stage: why ? 'describe' : 'analyze', reason: why?.code ?? '', reason_title: why?.title ?? '',
      detail: why?.code === 'provider_error' ? 'aircall: 502 bad gateway while the recording was asked for' : '', user_id: user?.id ?? '', user: user?.name ?? '', call_id: known?.id ?? '', direction: 'inbound', from: `+1212555${String(1000 + (i % 9000))}`, to: '+16465550101',
      started_at: at(started), attempts: why?.state === 'failed' ? 4 : 0, ...(why?.retries && { next_attempt_at: at(NOW + 900_000) }), created_at: at(started + 90_000), updated_at: at(started + 120_000),
    };
  });
})();

export function vcDetail(c: S['VCCall']): S['VCCallDetail'] {
  const explanation = reasons.find((r) => r.code === c.reason);
  const log = (n: number, level: S['VCLog']['level'], stage: string, text: string): S['VCLog'] => ({ id: `${c.id}-${n}`, at: at(Date.parse(c.created_at) + n * 1000), level, stage, reason: level === 'info' ? '' : c.reason, text });
  return {
    ...c, ...(explanation && { explanation }),
    ...why(c),
    participants: [{ name: c.user, phone: c.to, email: '', internal: true, provider_user_id: '4101' }, { name: '', phone: c.from, email: '', internal: false, provider_user_id: '' }],
    log: [log(0, 'info', 'receive', 'The event call.ended came in.'), log(1, 'info', 'describe', 'The provider described the call: 2 participants, 62 seconds, recorded.'), ...(explanation ? [log(2, c.state === 'failed' ? 'error' : 'warn', 'qualify', `${explanation.title}. ${c.detail || explanation.meaning}`)] : [log(2, 'info', 'match', 'Matched by the Aircall User Identifier.'), log(3, 'info', 'fetch', 'The recording was fetched: 62 s, two channels.'), log(4, 'info', 'transcribe', '12 lines in 3.1 s.'), log(5, 'info', 'analyze', '4 next steps, 4 questions, 7 mentions.')])],
  };
}
