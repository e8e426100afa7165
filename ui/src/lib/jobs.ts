import type { ScheduledJob } from './api';
import { many, when } from './format';

/** What a kind of scheduled job does, and what is lost when it is deleted. */
const kinds: Record<ScheduledJob['kind'], { name: string; does: string; without: string }> = {
  hourly: { name: 'Hourly batch', does: 'Pulls calls that did not arrive in real time', without: 'Calls that do not arrive in real time are missed until the connector is switched off and on.' },
  watch: { name: 'Watch', does: 'Keeps the credential and the subscription to events alive', without: 'A credential that expires or a lost subscription is no longer noticed until the connector is switched off and on.' },
  poll: { name: 'Events', does: 'Takes events from the queue at the provider', without: 'No call arrives in real time until the connector is switched off and on.' },
  backfill: { name: 'Back-fill', does: 'Processes the calls of a range, once', without: 'The rest of the range is not processed. What has been found stays.' },
};

const unknown = { name: 'Other', does: '', without: 'What it has found stays.' };

/** A scheduled job in words; one of a newer server has no words yet. */
export const wordsOf = (job: Pick<ScheduledJob, 'kind'>) => kinds[job.kind] ?? unknown;

/** The range of calls that a job lists; an empty text between two. */
export const windowOf = ({ from, to }: Pick<ScheduledJob, 'from' | 'to'>): string => (from && to ? `${when(from)} – ${when(to)}` : '');

/** Those that still stand in the way of enabling: what is done runs no more. */
export const remaining = (jobs: ScheduledJob[], provider: string): ScheduledJob[] => jobs.filter((j) => j.provider === provider && !j.done_at);

/** The back-fills of a connector that are worth showing: all that go on, and the last that is done. */
export function shownBackfills(jobs: ScheduledJob[], provider: string): ScheduledJob[] {
  const own = jobs.filter((j) => j.provider === provider && j.kind === 'backfill').sort((a, b) => b.created_at.localeCompare(a.created_at));
  const done = own.find((j) => j.done_at);
  return own.filter((j) => !j.done_at || j === done);
}

/** How far a back-fill has come. */
export const progressOf = (j: Pick<ScheduledJob, 'progress' | 'listed' | 'found' | 'done_at'>): string => `${j.done_at ? 'Done' : `${Math.floor(j.progress * 100)} %`}: ${many(j.listed, 'call')} listed, ${j.found.toLocaleString()} of them new`;
