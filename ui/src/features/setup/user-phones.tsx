import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core';

import { CloseIcon } from '../../components/icons';
import { dayOf, startOfDay } from '../../lib/days';

export type Period = { number: string; from?: string; to?: string };

const day = (iso?: string) => (iso ? dayOf(new Date(iso)) : '');

/** The numbers of a user, each with the time for which it is theirs: calls before and after are matched to whoever had it then. */
export function UserPhones({ phones, onChange }: { phones: Period[]; onChange: (phones: Period[]) => void }) {
  const set = (at: number, change: Partial<Period>) => onChange(phones.map((p, i) => (i === at ? { ...p, ...change } : p)));
  const moment = (text: string) => (text ? startOfDay(text) : undefined);
  return (
    <Fieldset legend="Phones">
      <Stack gap="xs">
        <Text size="sm" c="dimmed">A call is matched by them when no identifier fits. Without days a number counts for all calls; several users may share one, or have it one after the other.</Text>
        {phones.map((p, i) => (
          <Group key={i} gap="xs" align="end" wrap="wrap">
            <TextInput label="Number" type="tel" flex="2 1 160px" value={p.number} placeholder="+1 212 555 0123" onChange={(e) => set(i, { number: e.currentTarget.value })} />
            <TextInput label="From" type="date" flex="1 1 130px" value={day(p.from)} onChange={(e) => set(i, { from: moment(e.currentTarget.value) })} />
            <TextInput label="Until" type="date" flex="1 1 130px" value={day(p.to)} onChange={(e) => set(i, { to: moment(e.currentTarget.value) })} />
            <ActionIcon variant="default" size={36} aria-label={`Remove ${p.number || 'this number'}`} onClick={() => onChange(phones.filter((_, k) => k !== i))}><CloseIcon size={14} /></ActionIcon>
          </Group>
        ))}
        <Group><Button size="xs" variant="default" onClick={() => onChange([...phones, { number: '' }])}>Add a number</Button></Group>
      </Stack>
    </Fieldset>
  );
}
