import { useQuery } from '@tanstack/react-query';

import { title } from './format';
import { queries } from './queries';

/** Gives the name of a provider as its maker writes it; only admins may ask for it, others read the plain word. */
export function useProviderName(): (provider: string) => string {
  const connectors = useQuery(queries.connectors());
  return (provider) => connectors.data?.items.find((c) => c.provider === provider)?.name ?? title(provider);
}
