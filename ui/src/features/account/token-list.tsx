import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { useState } from 'react';

import { Dialog } from '../../components/dialog';
import { LongBody, ROW_HEIGHT } from '../../components/rows';
import { Failure } from '../../components/states';
import type { APIToken } from '../../lib/api';
import { when } from '../../lib/format';

type Props = { tokens: APIToken[]; owners?: boolean; revoke: (id: string) => Promise<unknown>; error: Error | null; busy: boolean };

const lastUsed = (t: APIToken) => (t.last_used_at ? `${when(t.last_used_at)}${t.last_address && `, ${t.last_address}`}` : 'Never');

/** API tokens, which can be revoked after a question. */
export function TokenList({ tokens, owners, revoke, error, busy }: Props) {
  const [asked, setAsked] = useState<APIToken>();
  const close = () => setAsked(undefined);
  return (
    <>
      <Table.ScrollContainer minWidth={300}>
        <Table verticalSpacing="xs">
          <Table.Thead><Table.Tr><Table.Th>Token</Table.Th>{owners && <Table.Th className="wide">User</Table.Th>}<Table.Th className="wide">Expires</Table.Th><Table.Th className="wide">Last used</Table.Th><Table.Th><span className="visually-hidden">Revoke</span></Table.Th></Table.Tr></Table.Thead>
          <LongBody items={tokens}>
            {(t) => (
              <Table.Tr key={t.id} h={ROW_HEIGHT}>
                <Table.Td maw={300}>
                  <Group gap={8}><Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>{t.name}</Text>{t.read_only && <Badge variant="default" tt="none">Read-only</Badge>}{t.expired && <Badge variant="default" tt="none">Expired</Badge>}</Group>
                  <Text size="xs" c="dimmed"><code>{t.prefix}…</code> · made {when(t.created_at)}</Text>
                  <div className="narrow"><Text size="xs">{owners && `${t.user} · `}{t.expires_at ? `Expires ${when(t.expires_at)}` : 'Never expires'} · Last used: {lastUsed(t)}</Text></div>
                </Table.Td>
                {owners && <Table.Td className="wide"><Text size="sm">{t.user}</Text></Table.Td>}
                <Table.Td className="wide"><Text size="sm">{t.expires_at ? when(t.expires_at) : 'Never'}</Text></Table.Td>
                <Table.Td className="wide"><Text size="sm">{lastUsed(t)}</Text></Table.Td>
                <Table.Td ta="right"><Button size="xs" variant="default" aria-label={`Revoke ${t.name}${owners ? ` of ${t.user}` : ''}`} onClick={() => setAsked(t)}>Revoke</Button></Table.Td>
              </Table.Tr>
            )}
          </LongBody>
        </Table>
      </Table.ScrollContainer>
      <Dialog opened={!!asked} onClose={close} title="Revoke this API token?">
        <Text size="sm" mb="md">Programs that use {asked?.name} ({asked?.prefix}…) are refused at once. It cannot be given back.</Text>
        {error && <Failure error={error} />}
        <Group justify="flex-end"><Button variant="default" data-autofocus onClick={close}>Cancel</Button><Button color="red" loading={busy} onClick={() => { if (asked) revoke(asked.id).then(close, () => undefined); }}>Revoke</Button></Group>
      </Dialog>
    </>
  );
}
