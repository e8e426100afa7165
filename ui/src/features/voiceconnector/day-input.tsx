import { Text, TextInput } from '@mantine/core';

/** A day of the calendar, with its word inside so that it is no higher than the other filters. */
export function DayInput({ word, label, value = '', onChange, ...bounds }: { word: string; label: string; value?: string; min?: string; max?: string; onChange: (day: string) => void }) {
  return <TextInput type="date" aria-label={label} leftSection={<Text size="sm" c="dimmed">{word}</Text>} leftSectionWidth={52} value={value} onChange={(e) => onChange(e.currentTarget.value)} {...bounds} />;
}
