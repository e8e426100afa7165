import type { Connector } from '../../lib/api';

/** How far a step is. Optional steps stand in nobody's way. */
export type StepState = { kind: 'done' | 'current' | 'todo' | 'blocked' | 'optional'; text: string };

export type WizardStep = { id: string; heading: string; state: StepState };

const words: Record<string, string> = { terms: 'Terms', credential: 'Configure Named Credential', 'integration-user': 'Assign Integration User' };

/** What a step of the wizard is called. */
export const stepName = (id: string): string => words[id] ?? id;

/** The steps of connecting a provider, each with its state: the first that is not done is where to go on, enabling waits for the others. */
export function wizard(c: Connector, excluded = 0): WizardStep[] {
  const blocked = (id: string) => c.blockers.some((b) => b.step === id);
  const required = [{ id: 'terms', done: c.terms.accepted }, { id: 'credential', done: !blocked('credential') }, { id: 'integration-user', done: !blocked('integration-user') }, { id: 'enable', done: c.on }];
  const next = required.find((s) => !s.done)?.id;
  const state = (id: string, done: boolean, text: string): StepState => ({ kind: done ? 'done' : id === next ? 'current' : 'todo', text });
  const waits = c.blockers.map((b) => stepName(b.step));
  return [
    { id: 'prepare', heading: 'Prepare', state: { kind: 'optional', text: 'Read first' } },
    { id: 'terms', heading: 'Terms', state: state('terms', c.terms.accepted, c.terms.accepted ? 'Accepted' : c.terms.accepted_by ? 'Changed: accept again' : 'Not accepted') },
    { id: 'credential', heading: words.credential as string, state: state('credential', !blocked('credential'), c.credential.status) },
    { id: 'integration-user', heading: words['integration-user'] as string, state: state('integration-user', !blocked('integration-user'), c.integration_user?.name ?? 'Not assigned') },
    { id: 'excluded-numbers', heading: 'Exclude Phone Numbers', state: { kind: 'optional', text: excluded > 0 ? `${excluded} excluded` : 'Optional' } },
    { id: 'enable', heading: 'Enable Integration', state: c.on ? { kind: 'done', text: 'On' } : waits.length > 0 && !c.enabled ? { kind: 'blocked', text: `Blocked by ${waits.join(', ')}` } : state('enable', false, 'Off') },
  ];
}

/** What will become of the calls of the last seven days, said before a switch is turned. */
export function lastWeek(c: Pick<Connector, 'name' | 'backfill' | 'enabled' | 'provider_enabled' | 'on'>): string {
  if (c.on) return '';
  if (!c.backfill) return `Calls from before ${c.name} is enabled are not processed by themselves, whichever switch comes first. Back-fill their days once it is on.`;
  if (c.enabled) return 'Calls of the last 7 days will be processed when you turn on General Settings.';
  if (c.provider_enabled) return 'Calls of the last 7 days will not be processed when you turn on Enable Integration: only calls from then on.';
  return 'Turn on Enable Integration first and then General Settings: calls of the last 7 days will be processed. The other way round they will not be: only calls from then on.';
}
