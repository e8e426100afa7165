import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import { pageOf, pages } from '../../app/pages';
import { useProviderName } from '../../lib/providers';

/** Leads to where something is mended; nothing where that is not in the UI, or is this page. */
export function MendLink({ to }: { to: string }) {
  const providerName = useProviderName();
  const known = pageOf(to, pages);
  if (!to || !known || to === '/voice-connector/troubleshooting') return null;
  const label = known.to === to ? known.label : providerName(to.slice(to.lastIndexOf('/') + 1));
  return <Anchor component={Link} to={to} size="sm" fw={600}>Go to {label}</Anchor>;
}
