// The Voice Connector app in the mock API: installed unless a fault says otherwise, and the mail that tells of it.
import type { components } from '../src/api/schema';
import { type Answer, type Body, notFound, ok, problem } from './answer.ts';
import { NOW, at } from './company.ts';

type S = components['schemas'];

const fields = ['Aircall User Identifier', 'Amazon Connect Username', 'Dialpad User Identifier', 'Ringcentral User Identifier'];

const away: S['Package'] = { name: 'Voice Connectors for Conversation Insights', installed: false, for: '', sets: [], version: '', by: '', guest_missing: [], fields, removes: [], keeps: [], blocked: '' };

const there = (more: Partial<S['Package']>): S['Package'] => ({
  ...away, installed: true, for: 'all', version: '1.0', by: 'Nina Admin', installed_at: at(NOW - 864e5), guest: { id: 'guest', name: 'Voice Connector Guest User' },
  removes: ['The user Voice Connector Guest User, with its permission sets', 'Who sees the pages of the Voice Connector app', '2 scheduled jobs'], keeps: ['All calls with their recordings, transcripts and insights', 'Excluded numbers'], ...more,
});

export function installer(tell: (topic: string, id: string) => void) {
  let app = there({});
  let mails: S['Mail'][] = [{ id: 'm1', to: 'nina@company.example', subject: 'Voice Connectors for Conversation Insights was installed', body: 'Hello Nina Admin,\n\nthe package was installed, for all users.\n', state: 'not_sent', problem: 'no mail server is set, so that mails can only be read here; set EARSHOT_SMTP', attempts: 1, created_at: at(NOW - 864e5) }];
  return {
    package: (method: string, action: string | undefined, body: Body): Answer => {
      if (method === 'PUT') app = there({ for: body.for as S['Package']['for'], sets: (body.sets as string[]) ?? [] });
      if (method === 'POST' && action === 'guest') app = there({ ...app, guest_missing: [], guest: { id: 'guest', name: 'Voice Connector Guest User' } });
      if (method === 'DELETE') app = away;
      if (method !== 'GET') tell('settings', '');
      return method === 'DELETE' ? { status: 204 } : ok(app);
    },
    mails: (method: string, id: string | undefined): Answer => {
      if (method === 'GET') return ok({ items: mails });
      const mail = mails.find((m) => m.id === id);
      if (!mail) return notFound();
      if (mail.state === 'not_sent') return problem(409, 'no_smtp', mail.problem);
      mails = mails.map((m) => (m.id === id ? { ...m, state: 'waiting' } : m));
      return ok(mails.find((m) => m.id === id));
    },
  };
}
