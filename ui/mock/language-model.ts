// What a language model wrote, and its settings, in the mock API.
import type { components } from '../src/api/schema';
import { type Answer, type Body, notFound, ok } from './answer.ts';

type S = components['schemas'];

const leaves = 'The transcript of every call it writes about: what each side said, line by line, and your insight prompts. ';

const defaults = (): S['ModelSettings'] => ({
  enabled: true, kind: 'openai', base_url: '', model: '', price_in: 0.4, price_out: 1.6, currency: 'USD', daily_tokens: 1_000_000, used_today: 212_000, when_spent: 'wait', window_tokens: 6000, connectors: [], key_set: true,
  prompts: [{ name: 'Thinks of leaving', kind: 'situational', instruction: 'The customer says why they consider another supplier.', active: true }],
  kinds: [
    { name: 'openai', title: 'OpenAI-compatible', default_url: 'https://api.openai.com/v1', default_model: 'gpt-4.1-mini', key_optional: true, leaves: `${leaves}It goes to the address below.` },
    { name: 'ollama', title: 'Ollama', default_url: 'http://127.0.0.1:11434', default_model: 'llama3.1', key_optional: true, leaves: `${leaves}At the usual address, nothing leaves this machine.` },
  ],
});

/** Settings, writings and the Call Explorer over the calls of the mock. */
export function languageModel(tell: (topic: string, id: string) => void, calls: () => S['CallDetail'][], empty: () => boolean) {
  let settings = defaults();
  const versions = new Map<string, S['SummaryVersion'][]>();

  function settingsOf(method: string, action: string | undefined, body: Body): Answer {
    if (action === 'test') return ok({ message: 'The model answers. Of a test call of two lines, 2 sentences and 1 next steps passed the checks; it took 812 tokens.' });
    if (method === 'PUT') { settings = { ...settings, ...(body as Partial<S['ModelSettings']>) }; tell('settings', ''); }
    return ok(settings);
  }

  const cited = (call: S['CallDetail'], n: number) => (call.transcript?.lines ?? []).filter((l) => l.text.split(' ').length > 4).slice(0, n).map((l) => ({ text: `The ${l.speaker} says: ${l.text}`, quote: l.text, lines: [l.id] }));

  function writing(method: string, id: string, action: string, body: Body): Answer {
    const call = calls().find((c) => c.id === id);
    if (!call) return notFound();
    const history = versions.get(id) ?? [];
    if (method === 'PUT' && action === 'summary') versions.set(id, [{ id: String(history.length), by: 'Ada Admin', at: '2026-11-23T10:00:00Z', text: String(body.text) }, ...history]);
    const summary = cited(call, 3);
    const work: S['ModelWork'] = {
      state: 'done', kind: 'openai', model: 'gpt-4.1-mini', prompts: 'call.v1', usage: { in: 1840, out: 310 }, cost: 0.0012, currency: 'USD', updated_at: '2026-11-23T09:41:00Z',
      written: { summary, next_steps: summary.slice(0, 1).map((c) => ({ ...c, owner: 'agent', due: '2026-11-27' })), questions: [], insights: summary.slice(0, 1).map((c) => ({ ...c, name: 'Thinks of leaving', kind: 'situational' })), dropped: [{ what: 'summary', text: 'The customer wants 20 % off.', why: 'the cited lines do not say "20"' }], repaired: 1, windows: 1 },
    };
    const all = versions.get(id) ?? [];
    const edited = all.find((v) => v.by !== '');
    return ok({ on: true, stale: false, history: all, ...(call.transcript && !empty() && { work }), ...(edited && { edited }) } satisfies S['CallWriting']);
  }

  function explorer(body: Body): Answer {
    const chosen = (body.call_id ? calls().filter((c) => c.id === body.call_id) : calls().filter((c) => c.transcript?.lines.length).slice(0, 2));
    const sentences = empty() ? [] : chosen.flatMap((c) => cited(c, 1).map((s) => ({ text: s.text, quote: s.quote, cites: s.lines.map((line) => ({ call_id: c.id, line })) })));
    return ok({ sentences, calls: chosen, dropped: 1, tokens: 1620, cost: 0.001, currency: 'USD' } satisfies S['ExplorerAnswer']);
  }

  return { settingsOf, writing, explorer, run: (): Answer => ok({ calls: calls().length }) };
}
