import type { Connector } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';

/** Asks for all connectors again. */
export const refresh = () => queryClient.invalidateQueries({ queryKey: ['connectors'] });

/** Shows a connector as the server gave it, and asks for the list of them again. */
export function keep(c: Connector) {
  queryClient.setQueryData(queries.connector(c.provider).queryKey, c);
  return queryClient.invalidateQueries({ queryKey: ['connectors'], exact: true });
}

/** The connector in the path of a request. */
export const path = (c: Connector) => ({ params: { path: { provider: c.provider } } });

/** The states of a VC Call, in the order of its way. */
export const states = ['received', 'waiting', 'unmatched', 'processing', 'processed', 'skipped', 'failed'];
