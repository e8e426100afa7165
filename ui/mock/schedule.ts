// Scheduled jobs of the mock API. A back-fill takes a moment and tells how far it is.
import type { components } from '../src/api/schema';
import { at } from './company.ts';

type S = components['schemas'];
type Tell = (topic: string, id: string) => void;

const HOUR = 3_600_000;
const STEPS = 5;
const STEP_MS = 300;

const jobOf = (id: string, provider: string, kind: S['ScheduledJob']['kind'], more: Partial<S['ScheduledJob']> = {}): S['ScheduledJob'] => ({ id, provider, kind, listed: 0, found: 0, progress: 0, last_result: '', failures: 0, created_at: at(Date.now()), next_run_at: at(Date.now()), ...more });

export function schedule(tell: Tell) {
  let jobs: S['ScheduledJob'][] = [];
  let made = 0;

  const change = (id: string, more: Partial<S['ScheduledJob']>) => { jobs = jobs.map((j) => (j.id === id ? { ...j, ...more } : j)); tell('scheduled_job', id); };
  const add = (provider: string, kind: S['ScheduledJob']['kind'], more: Partial<S['ScheduledJob']> = {}) => {
    const job = jobOf(`j${made++}`, provider, kind, more);
    jobs = [...jobs, job];
    tell('scheduled_job', job.id);
    return job;
  };

  /** One step of a back-fill; it ends when its job was deleted. */
  function step(id: string, n: number) {
    const job = jobs.find((j) => j.id === id);
    if (!job) return;
    const listed = n * 40;
    const last_result = `${listed} calls listed, ${listed / 4} of them new`;
    change(id, { progress: n / STEPS, listed, found: listed / 4, last_run_at: at(Date.now()), last_result, ...(n === STEPS && { done_at: at(Date.now()), next_run_at: undefined }) });
    if (n < STEPS) setTimeout(() => step(id, n + 1), STEP_MS);
  }

  function backfill(provider: string, from: string, to: string) {
    const job = add(provider, 'backfill', { from, to });
    setTimeout(() => step(job.id, 1), STEP_MS);
    return job;
  }

  return {
    list: () => jobs,
    one: (id: string) => jobs.find((j) => j.id === id),
    left: (provider: string) => jobs.filter((j) => j.provider === provider && !j.done_at),
    backfill,
    /** What a connector does by itself once it is on. */
    start: (provider: string, polls: boolean) => {
      add(provider, 'hourly', { last_run_at: at(Date.now() - HOUR), next_run_at: at(Date.now() + HOUR / 2), last_result: '14 calls listed, 2 of them new' });
      add(provider, 'watch', { last_run_at: at(Date.now() - HOUR), next_run_at: at(Date.now() + HOUR), last_result: 'credential and subscription are fine' });
      if (polls) add(provider, 'poll', { failures: 3, last_run_at: at(Date.now()), last_result: 'the queue answers with AccessDenied: the permission sqs:ReceiveMessage is missing' });
    },
    run: (id: string) => change(id, { last_run_at: at(Date.now()), last_result: '3 calls listed, 1 of them new', failures: 0 }),
    remove: (id: string) => { jobs = jobs.filter((j) => j.id !== id); tell('scheduled_job', id); },
    removeAll: (provider: string) => { jobs = jobs.filter((j) => j.provider !== provider || j.done_at); tell('scheduled_job', ''); },
  };
}
