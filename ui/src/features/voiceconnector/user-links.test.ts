import { describe, expect, it } from 'vitest';

import type { ProviderUser } from '../../lib/api';
import { linksOf } from './user-links';

const person = (identifier: string, user_id = '', suggested_id = ''): ProviderUser => ({ identifier, name: '', email: '', phones: [], user_id, suggested_id, suggested_by: '' });

describe('linksOf', () => {
  it('takes suggestions and leaves who is linked', () => expect(linksOf([person('1', '', 'a'), person('2', 'b'), person('3')], {})).toEqual([{ user_id: 'a', identifier: '1' }]));
  it('follows a choice against the suggestion', () => expect(linksOf([person('1', '', 'a'), person('2', '', 'b')], { 1: 'c', 2: '' })).toEqual([{ user_id: 'c', identifier: '1' }]));
  it('empties the field of who had it', () => expect(linksOf([person('1', 'a')], { 1: 'b' })).toEqual([{ user_id: 'b', identifier: '1' }, { user_id: 'a', identifier: '' }]));
  it('empties it for nobody', () => expect(linksOf([person('1', 'a')], { 1: '' })).toEqual([{ user_id: 'a', identifier: '' }]));
  it('exchanges two', () => expect(linksOf([person('1', 'a'), person('2', 'b')], { 1: 'b', 2: 'a' })).toEqual([{ user_id: 'b', identifier: '1' }, { user_id: 'a', identifier: '2' }]));
});
