import createClient from 'openapi-fetch';

import type { components, paths } from '../api/schema';

/** The typed client of /api/v1. */
export const api = createClient<paths>({ baseUrl: '/' });

type Schemas = components['schemas'];
export type APIToken = Schemas['APIToken'];
export type AuditEntry = Schemas['AuditEntry'];
export type AuthProvider = Schemas['AuthProvider'];
export type Call = Schemas['CallDetail'];
export type CallSummary = Schemas['CallSummary'];
export type CheckReport = Schemas['CheckReport'];
export type Connector = Schemas['Connector'];
export type ConnectorSite = Schemas['ConnectorSite'];
export type Credential = Schemas['Credential'];
export type Field = Schemas['Field'];
export type Insights = Schemas['Insights'];
export type GeneralSettings = Schemas['GeneralSettings'];
export type InsightType = Schemas['InsightType'];
export type Line = Schemas['Line'];
export type Mail = Schemas['Mail'];
export type Package = Schemas['Package'];
export type Pace = Schemas['Pace'];
export type PermissionSet = Schemas['PermissionSet'];
export type Problem = { status?: number; title?: string; detail?: string; code?: string; errors?: { message?: string }[] | null };
export type Reanalysis = Schemas['Reanalysis'];
export type ScheduledJob = Schemas['ScheduledJob'];
export type ProviderUser = Schemas['ProviderUser'];
export type Session = Schemas['Session'];
export type TestStep = Schemas['TestStep'];
export type SSOSettings = Schemas['SSOSettings'];
export type Transcript = Schemas['Transcript'];
export type TypeMatch = Schemas['TypeMatch'];
export type User = Schemas['User'];
export type VCCall = Schemas['VCCall'];

/** An error that the API explained. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly problem: Problem) {
    super(problem.detail ?? problem.title ?? 'The server could not be reached. Check that Earshot is running.');
  }
  get code() { return this.problem.code; }
  get list() { return (this.problem.errors ?? []).flatMap((e) => (e.message ? [e.message] : [])); }
}

/** Gives the data of an answer, or throws what the API said. */
export async function unwrap<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer.catch(() => { throw new ApiError(0, {}); });
  if (!response.ok) {
    throw new ApiError(response.status, (error ?? {}) as Problem);
  }
  return data as T;
}
