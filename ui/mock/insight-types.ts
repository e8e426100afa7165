// Insight types in the mock API.
import type { components } from '../src/api/schema';
import { type Answer, type Body, notFound, ok, problem } from './answer.ts';

type S = components['schemas'];

const started = '2026-11-20T09:00:00Z';
const made = (id: string, kind: S['InsightType']['kind'], name: string, more: Partial<S['InsightType']> = {}): S['InsightType'] => ({ id, kind, name, aliases: [], language: '', said_by: 'either', first_seconds: 0, active: true, created_at: started, updated_at: started, ...more });

const usual = () => [
  made('t1', 'competitor', 'Nextiva', { aliases: ['next eva'] }),
  made('t2', 'mention', 'recorded line', { said_by: 'rep', first_seconds: 60, language: 'en' }),
  made('t3', 'product', 'Cloud Phone', { aliases: ['CP', 'the cloud line'] }),
  made('t4', 'product', 'Complete Customer Conversation Intelligence for Regional Service Centres', { active: false }),
];

/** Types that may be added, changed, imported and tried. */
export function insightTypes(tell: (topic: string, id: string) => void, empty: () => boolean) {
  let types = usual();

  function add(body: Body): Answer {
    const b = body as Partial<S['InsightType']>;
    if (types.some((t) => t.kind === b.kind && t.name.toLowerCase() === b.name?.toLowerCase())) return problem(409, 'insight_type_exists', `There is a ${b.kind} ${b.name} already; change that one.`);
    const one = made(`t${types.length + 1}`, b.kind ?? 'product', b.name ?? '', b);
    types = [...types, one];
    return ok(one);
  }

  function bring(body: Body): Answer {
    const lines = String(body.text).split('\n').map((l) => l.split(',').map((p) => p.trim())).filter(([name]) => name);
    const fresh = lines.filter(([name]) => !types.some((t) => t.name === name));
    for (const [name, ...aliases] of fresh) add({ ...body, name, aliases });
    return ok({ added: fresh.length, skipped: lines.length - fresh.length });
  }

  function attempt(body: Body): Answer {
    const text = String(body.text);
    const items = types.filter((t) => t.active).flatMap((t) => [t.name, ...t.aliases].filter((n) => text.toLowerCase().includes(n.toLowerCase())).slice(0, 1).map((heard): S['TypeMatch'] => ({ type_id: t.id, kind: t.kind, name: t.name, match: 'exact', score: 1, heard })));
    return ok({ items });
  }

  return (method: string, id: string | undefined, body: Body): Answer => {
    if (method === 'GET') return ok({ items: empty() ? [] : types });
    if (id === 'try') return attempt(body);
    tell('insight_type', id ?? '');
    if (id === 'import') return bring(body);
    if (!id) return add(body);
    if (!types.some((t) => t.id === id)) return notFound();
    if (method === 'DELETE') { types = types.filter((t) => t.id !== id); return { status: 204 }; }
    types = types.map((t) => (t.id === id ? { ...t, ...(body as Partial<S['InsightType']>) } : t));
    return ok(types.find((t) => t.id === id));
  };
}
