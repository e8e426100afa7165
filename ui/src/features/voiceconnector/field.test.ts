import { describe, expect, it } from 'vitest';

import type { Field } from '../../lib/api';
import { fieldsOf, initial, unsaved, valuesOf } from './field';

const field = (name: string, more: Partial<Field> = {}): Field => ({ name, secret: false, label: name, help: '', default: '', required: true, long: false, choices: [], set: false, value: '', ...more });
const id = field('client_id', { value: 'kept' });
const secret = field('client_secret', { secret: true, set: true });
const jwt = field('jwt', { secret: true, long: true });
const credential = {
  fields: [id, secret, jwt],
  kinds: [{ name: 'jwt', label: 'JWT', help: '', login: false, fields: ['client_id', 'client_secret', 'jwt'] }, { name: 'login', label: 'Sign in', help: '', login: true, fields: ['client_id', 'client_secret'] }],
};

describe('the form of a credential', () => {
  it('starts with what is kept or else the default, and never with a secret', () => {
    expect(initial([id, secret, field('region', { default: 'US' })])).toEqual({ client_id: 'kept', client_secret: '', region: 'US' });
  });

  it.each([
    ['jwt', ['client_id', 'client_secret', 'jwt']], ['login', ['client_id', 'client_secret']],
    ['', ['client_id', 'client_secret', 'jwt']], ['of a newer server', ['client_id', 'client_secret', 'jwt']],
  ])('asks for what the kind %j needs', (kind, names) => expect(fieldsOf(credential, kind).map((f) => f.name)).toEqual(names));

  it('sends what the kind needs and nothing else', () => {
    expect(valuesOf(fieldsOf(credential, 'login'), { client_id: 'x', jwt: 'left from before' })).toEqual({ client_id: 'x', client_secret: '' });
  });

  it.each([
    ['nothing was typed', { client_id: 'kept', client_secret: '' }, false],
    ['another id', { client_id: 'new', client_secret: '' }, true],
    ['a new secret', { client_id: 'kept', client_secret: 's' }, true],
  ])('knows whether it has to be saved: %s', (_, values, want) => expect(unsaved([id, secret], values)).toBe(want));
});
