import { momentsOf } from './days';
import { title } from './format';
import type { AuditFilter } from './queries';

/** user.saved as "User saved", excluded_number.added as "Excluded number added". */
export const actionName = (action: string): string => title(action.replace('.', ' '));

/** What became of a field. */
export function changeWords({ old, new: now }: { old: string; new: string }): string {
  if (now === '(secret)') return 'changed';
  return old ? `${old} → ${now || 'empty'}` : now;
}

/** A filter as the API wants it; people say days, the API moments. What is empty is left out. */
export function auditQuery({ from, to, ...rest }: AuditFilter): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...rest, ...momentsOf({ from, to }) }).filter((e): e is [string, string] => !!e[1]?.trim()));
}

/** What a browser calls itself, in short: "Firefox on Linux". Unknown ones are shown as they are. */
export function browserName(agent: string): string {
  const browser = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((b) => agent.includes(`${b}/`));
  const system = (/(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent) ?? [])[1];
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' };
  if (!browser) return agent.slice(0, 60) || 'Unknown program';
  return system ? `${names[browser] ?? browser} on ${names[system] ?? system}` : (names[browser] ?? browser);
}
