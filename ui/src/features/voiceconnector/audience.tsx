import { Checkbox, Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { Package } from '../../lib/api';
import { queries } from '../../lib/queries';

export type Audience = { for: 'all' | 'admins' | 'sets'; sets: string[] };

const choices: { value: Audience['for']; label: string; description: string }[] = [
  { value: 'all', label: 'Install for All Users', description: 'Everybody sees how the connectors are doing; only admins change them.' },
  { value: 'admins', label: 'Install for Admins Only', description: 'Nobody else sees the Voice Connector app.' },
  { value: 'sets', label: 'Install for Specific Permission Sets', description: 'Admins, and whoever holds one of the permission sets you choose.' },
];

/** Whom the app is for, as it is or, before it is installed, for all users. */
export function useAudience(p: Package) {
  const [audience, setAudience] = useState<Audience>({ for: p.for || 'all', sets: p.sets });
  const complete = audience.for !== 'sets' || audience.sets.length > 0;
  const changed = audience.for !== p.for || (audience.for === 'sets' && audience.sets.slice().sort().join() !== p.sets.slice().sort().join());
  return { audience, setAudience, complete, changed };
}

/** For all users, admins only, or chosen permission sets. */
export function AudienceChoice({ value, onChange }: { value: Audience; onChange: (a: Audience) => void }) {
  const sets = useQuery(queries.permissionSets());
  return (
    <Stack gap="sm">
      <Radio.Group label="Who sees the app" value={value.for} onChange={(chosen) => onChange({ ...value, for: chosen as Audience['for'] })}>
        <Stack gap="xs" mt="xs">{choices.map((c) => <Radio key={c.value} value={c.value} label={c.label} description={c.description} />)}</Stack>
      </Radio.Group>
      {value.for === 'sets' && (
        <Checkbox.Group label="Permission sets" value={value.sets} onChange={(chosen) => onChange({ ...value, sets: chosen })}>
          <Stack gap={6} mt="xs" ml="lg">{(sets.data?.items ?? []).map((s) => <Checkbox key={s} value={s} label={s} />)}</Stack>
        </Checkbox.Group>
      )}
    </Stack>
  );
}
