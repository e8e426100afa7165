import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { Failure, StateBadge } from '../../components/states';
import type { Connector } from '../../lib/api';
import { ApiError, api, unwrap } from '../../lib/api';
import { path } from './data';
import { Step } from './step';

/** Asks the provider for one call by its id, also one that never arrived. */
export function FetchCallForm({ connector: c }: { connector: Connector }) {
  const [id, setId] = useState('');
  const fetchCall = useMutation({ mutationFn: (provider_call_id: string) => unwrap(api.POST('/api/v1/connectors/{provider}/calls', { ...path(c), body: { provider_call_id } })) });
  const known = fetchCall.error instanceof ApiError && fetchCall.error.code === 'already_processed';
  return (
    <form onSubmit={(e) => { e.preventDefault(); fetchCall.mutate(id.trim()); }}>
      <Stack gap="sm">
        <Group gap="sm" align="flex-end">
          <TextInput label="Provider call id" description={`As ${c.name} shows it; the call may be of any age, and one that never arrived`} required maxLength={200} flex="1 1 220px" value={id} onChange={(e) => setId(e.currentTarget.value)} />
          <Button type="submit" variant="default" disabled={!c.on || !id.trim()} loading={fetchCall.isPending}>Fetch the call</Button>
        </Group>
        {fetchCall.data && <Group gap="sm" role="status"><Link to="/voice-connector/vc-calls/$id" params={{ id: fetchCall.data.id }}>Call {fetchCall.data.provider_call_id}</Link><StateBadge state={fetchCall.data.state} reason={fetchCall.data.reason_title} /></Group>}
        {fetchCall.error && <Failure error={fetchCall.error} />}
        {known && <Text size="sm"><Link to="/voice-connector/vc-calls" search={{ provider: c.provider, q: fetchCall.variables }}>Show it in VC Calls</Link></Text>}
      </Stack>
    </form>
  );
}

/** The form in a section of the connector's page. */
export function FetchCallSection({ connector }: { connector: Connector }) {
  return <Step heading="Fetch One Call"><FetchCallForm connector={connector} /></Step>;
}
