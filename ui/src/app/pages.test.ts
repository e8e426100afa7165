import { describe, expect, it } from 'vitest';

import { pageOf, pages, pagesFor } from './pages';

describe('pages', () => {
  it.each([
    ['/', 'Home'], ['/calls', 'Calls'], ['/calls/7', 'Calls'], ['/voice-connector', 'Voice Connector'], ['/voice-connector/aircall', 'Voice Connector'],
    ['/voice-connector/vc-calls', 'VC Calls'], ['/voice-connector/vc-calls/7', 'VC Calls'], ['/voice-connector/vc-calls-of-old', 'Voice Connector'], ['/setup/scheduled-jobs', 'Scheduled Jobs'], ['/nowhere', undefined],
  ])('%s belongs to %s', (path, want) => expect(pageOf(path, pages)?.label).toBe(want));

  it('shows what an admin sets up to admins alone', () => {
    expect(pagesFor([]).map((p) => p.label)).toEqual(['Home', 'Calls', 'Call Explorer', 'API Reference']);
    expect(pagesFor([], true).map((p) => p.label)).toEqual(['Home', 'Calls', 'Call Explorer', 'Voice Connector', 'API Reference']);
    expect(pagesFor(['Customize Application'])).toHaveLength(pages.length);
  });
});
