import { expect, it } from 'vitest';

import type { Field } from '../../lib/api';
import { withoutSecrets } from './credential-step';

const field = (name: string, secret: boolean): Field => ({ name, secret, label: name, help: '', default: '', required: true, set: false, value: '' });

it('keeps what is no secret after saving, so that the form can be sent again', () => {
  expect(withoutSecrets([field('api_id', false), field('api_token', true)], { api_id: 'x', api_token: 'y' })).toEqual({ api_id: 'x', api_token: '' });
});
