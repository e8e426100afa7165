import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { Loaded } from '../../components/states';
import type { ProviderUser } from '../../lib/api';
import { queries } from '../../lib/queries';

/** Options of a list of users that are drawn at once; typing finds the others. */
const MOST_OPTIONS = 50;

/** Asks which of our users a person of the provider is. */
export function ChooseUser({ person: p, now, onChoose, onClose }: { person: ProviderUser; now: string; onChoose: (user: string) => void; onClose: () => void }) {
  const users = useQuery(queries.users());
  const [user, setUser] = useState<string | null>(now || null);
  const name = p.name || p.email || p.identifier;
  return (
    <Dialog opened onClose={onClose} title={`Who is ${name}?`}>
      <Loaded query={users} rows={1}>
        {(data) => (
          <form onSubmit={(e) => { e.preventDefault(); onChoose(user ?? ''); }}>
            <Stack gap="sm">
              <Select label="User" data-autofocus placeholder="Nobody" searchable clearable limit={MOST_OPTIONS} nothingFoundMessage="No such user" data={data.items.filter((u) => u.active).map((u) => ({ value: u.id, label: `${u.name}, ${u.email}` }))} value={user} onChange={setUser} clearButtonProps={{ 'aria-label': 'Nobody' }} comboboxProps={{ withinPortal: false }} />
              <Text size="sm" c="dimmed">Nothing is saved before you link the users on the page.</Text>
              <Group><Button type="submit">Choose</Button><Button variant="default" onClick={onClose}>Cancel</Button></Group>
            </Stack>
          </form>
        )}
      </Loaded>
    </Dialog>
  );
}
