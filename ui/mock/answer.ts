// How the mock API answers, and what its parts share.
import type { components } from '../src/api/schema';

export type Body = Record<string, unknown>;
export type Answer = { status: number; json?: unknown; bytes?: Uint8Array };
/** What can be made to go wrong, by POST /_mock. */
export type Faults = { signedOut?: boolean; firstRun?: boolean; empty?: boolean; engineMissing?: boolean; incompleteUser?: boolean; loginRefused?: boolean; failPath?: string; slowMs?: number };
export type World = { tell: (topic: string, id: string) => void; faults: () => Faults; arrive: () => components['schemas']['VCCall']; fetchCall: (provider: string, id: string) => Answer };

export const ok = (json: unknown, status = 200): Answer => ({ status, json });
export const problem = (status: number, code: string, detail: string, errors: string[] = []): Answer => ok({ type: 'about:blank', status, title: code, code, detail, errors: errors.map((message) => ({ message })) }, status);
export const notFound = () => problem(404, 'not_found', 'There is no such thing. It may have been deleted. Go back to the list.');
