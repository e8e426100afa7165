import { Tabs as MantineTabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouterState } from '@tanstack/react-router';

import { queries } from '../../lib/queries';

const all = [{ to: '/voice-connector', label: 'Providers' }, { to: '/voice-connector/excluded-numbers', label: 'Excluded Numbers' }, { to: '/voice-connector/vc-calls', label: 'VC Calls' }, { to: '/voice-connector/error-handling', label: 'Error Handling' }, { to: '/voice-connector/troubleshooting', label: 'Troubleshooting' }];

/** The tabs of the Voice Connector app. */
export function Tabs() {
  const navigate = useNavigate();
  const { data } = useQuery(queries.session());
  const tabs = data?.user?.permissions.includes('Customize Application') ? all : all.slice(0, 1); // the others are for admins
  const path = useRouterState({ select: (s) => s.location.pathname });
  return (
    <MantineTabs value={tabs.find((t) => t.to === path)?.to ?? '/voice-connector'} onChange={(to) => { if (to) void navigate({ to }); }} activateTabWithKeyboard={false} mb="md">
      <MantineTabs.List>{tabs.map((t) => <MantineTabs.Tab key={t.to} value={t.to} aria-controls={undefined}>{t.label}</MantineTabs.Tab>)}</MantineTabs.List>
    </MantineTabs>
  );
}
