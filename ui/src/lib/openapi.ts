/** As much of an OpenAPI 3.1 description as the reference page shows. */
export type Schema = { $ref?: string; type?: string | string[]; format?: string; description?: string; enum?: unknown[]; items?: Schema; properties?: Record<string, Schema>; required?: string[]; additionalProperties?: boolean | Schema; minimum?: number; maximum?: number; minLength?: number; maxLength?: number; default?: unknown };
export type Parameter = { name: string; in: string; required?: boolean; description?: string; schema?: Schema };
type Content = Record<string, { schema?: Schema }>;
export type Operation = { operationId?: string; summary?: string; description?: string; tags?: string[]; parameters?: Parameter[]; requestBody?: { content: Content }; responses: Record<string, { description?: string; content?: Content }>; security?: Record<string, string[]>[] };
export type Description = { info: { title: string; version: string; description?: string }; paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } };

/** An operation with where it is. */
export type Entry = { method: string; path: string; tag: string; operation: Operation };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** All operations by tag and then by path; those that a text is in. */
export function entries(api: Description, text: string): Entry[] {
  const wanted = text.trim().toLowerCase();
  return Object.entries(api.paths)
    .flatMap(([path, item]) => METHODS.flatMap((method): Entry[] => (item[method] ? [{ method: method.toUpperCase(), path, tag: item[method].tags?.[0] ?? 'other', operation: item[method] }] : [])))
    .filter((e) => `${e.method} ${e.path} ${e.tag} ${e.operation.summary ?? ''} ${e.operation.operationId ?? ''}`.toLowerCase().includes(wanted))
    .sort((a, b) => a.tag.localeCompare(b.tag) || a.path.localeCompare(b.path));
}

/** Follows a reference within the description. */
export const resolve = (api: Description, s: Schema): Schema => (s.$ref ? (api.components.schemas[s.$ref.slice(s.$ref.lastIndexOf('/') + 1)] ?? {}) : s);

/** The type of a schema in a word or two. */
export function typeOf(s: Schema): string {
  if (s.$ref) return s.$ref.slice(s.$ref.lastIndexOf('/') + 1);
  if (s.items) return `list of ${typeOf(s.items)}`;
  const type = Array.isArray(s.type) ? s.type.join(' or ') : (s.type ?? 'anything');
  return s.format ? `${type} (${s.format})` : type;
}

/** What else holds for a value: choices and bounds. */
export function boundsOf(s: Schema): string {
  const parts = [
    s.enum && `one of ${s.enum.map((v) => (v === '' ? 'empty' : String(v))).join(', ')}`,
    s.minimum !== undefined && `at least ${s.minimum}`, s.maximum !== undefined && `at most ${s.maximum.toLocaleString()}`,
    s.maxLength !== undefined && `at most ${s.maxLength.toLocaleString()} characters`, s.default !== undefined && `${JSON.stringify(s.default)} if left out`,
  ];
  return parts.filter(Boolean).join('; ');
}

/** A value that a schema allows, for an example; what refers to itself ends as null. */
export function exampleOf(api: Description, s: Schema, above: string[] = []): unknown {
  if (s.$ref) return above.includes(s.$ref) ? null : exampleOf(api, resolve(api, s), [...above, s.$ref]);
  if (s.default !== undefined) return s.default;
  if (s.enum) return s.enum.find((v) => v !== '') ?? s.enum[0];
  if (s.items) return [exampleOf(api, s.items, above)];
  if (s.properties) return Object.fromEntries(Object.entries(s.properties).filter(([name]) => name !== '$schema').map(([name, p]) => [name, exampleOf(api, p, above)]));
  switch (Array.isArray(s.type) ? s.type[0] : s.type) {
    case 'boolean': return true;
    case 'integer': case 'number': return s.minimum ?? 0;
    case 'object': return {};
    case 'array': return [];
    default: return s.format === 'date-time' ? '2026-11-24T09:00:00Z' : 'text';
  }
}

/** How to ask for it at a command line. The token comes from the environment, so that it is in no history. */
export function curlOf(api: Description, { method, path, operation }: Entry, origin: string): string {
  const body = Object.entries(operation.requestBody?.content ?? {})[0];
  const lines = [`curl -X ${method} '${origin}${path}'`, `-H "Authorization: Bearer $EARSHOT_TOKEN"`];
  if (body?.[1].schema && body[0].includes('json')) lines.push(`-H 'Content-Type: ${body[0]}'`, `-d '${JSON.stringify(exampleOf(api, body[1].schema)).replaceAll("'", "'\\''")}'`);
  else if (body) lines.push(`-H 'Content-Type: ${body[0]}'`, '--data-binary @file');
  return lines.join(' \\\n  ');
}
