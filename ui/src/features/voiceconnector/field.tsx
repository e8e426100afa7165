import { NativeSelect, PasswordInput, TextInput, Textarea } from '@mantine/core';

import type { Credential, Field } from '../../lib/api';

export type Values = Record<string, string>;

/** What stands in a form before anybody typed: what is kept, but never a secret. */
export const initial = (fields: Field[]): Values => Object.fromEntries(fields.map((f) => [f.name, f.secret ? '' : f.value || f.default]));

/** What was entered into these fields, and nothing else. */
export const valuesOf = (fields: Field[], values: Values): Values => Object.fromEntries(fields.map((f) => [f.name, values[f.name] ?? '']));

/** Whether something was entered that the server does not have yet. */
export const unsaved = (fields: Field[], values: Values): boolean => fields.some((f) => (values[f.name] ?? '') !== initial([f])[f.name]);

/** The fields that a kind of credential needs; all where there is one kind only. */
export function fieldsOf({ kinds, fields }: Pick<Credential, 'kinds' | 'fields'>, kind: string): Field[] {
  const chosen = kinds.find((k) => k.name === kind);
  return chosen ? fields.filter((f) => chosen.fields.includes(f.name)) : fields;
}

/** A field as its driver declares it: a choice, a secret, a long text or a short one. */
export function Input({ field: f, value, onChange }: { field: Field; value: string; onChange: (v: string) => void }) {
  const kept = f.secret && f.set;
  const common = { label: f.label, description: f.help, value, required: f.required && !kept, onChange: (e: { currentTarget: { value: string } }) => onChange(e.currentTarget.value) };
  const placeholder = kept ? 'Kept; enter a new one to change it' : '';
  if (f.choices.length > 0) return <NativeSelect {...common} data={f.required || f.default ? f.choices : ['', ...f.choices]} />;
  if (f.long) return <Textarea {...common} placeholder={placeholder} autoComplete="off" spellCheck={false} autosize minRows={3} maxRows={8} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} />;
  if (f.secret) return <PasswordInput {...common} placeholder={placeholder} autoComplete="off" visibilityToggleButtonProps={{ 'aria-label': `Show ${f.label}` }} />;
  return <TextInput {...common} />;
}
