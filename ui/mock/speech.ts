// Who turns recordings into text in the mock API.
import type { components } from '../src/api/schema';

type S = components['schemas'];

export const speechDefaults = (): S['SpeechSettings'] => ({
  engine: 'moonshine', model: '', base_url: '', embedded_model: '', fallback: true, key_set: false, languages: [], price_per_minute: 0, currency: 'USD',
  engines: [
    { name: 'moonshine', title: 'Embedded (Moonshine)', default_model: 'tiny-en', default_url: '', key_optional: true, languages: ['en'], leaves: 'Nothing: recordings are transcribed on this machine.', remote: false },
    { name: 'deepgram', title: 'Deepgram', default_model: 'nova-3', default_url: 'https://api.deepgram.com', key_optional: false, languages: ['en', 'de'], leaves: 'The recording of each call goes to Deepgram.', remote: true },
  ],
  models: [{ name: 'tiny-en', installed: true, bytes: 43_000_000 }],
});
