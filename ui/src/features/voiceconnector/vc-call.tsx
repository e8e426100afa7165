import { Button, Card, Grid, Group, Stack, Table, Tabs, Text, Timeline, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';

import { Failure, FixLink, Loaded, Notice, PageTitle, StateBadge } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { phone, sentence, title, when } from '../../lib/format';
import { useProviderName } from '../../lib/providers';
import { queries, queryClient } from '../../lib/queries';

export function VCCallPage() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery(queries.vcCall(id));
  const providerName = useProviderName();
  const retry = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/vc-calls/{id}/retry', { params: { path: { id } } })),
    onSuccess: (data) => queryClient.setQueryData(queries.vcCall(id).queryKey, data),
  });
  return (
    <Loaded query={query} rows={6}>
      {(c) => (
        <>
          <PageTitle back={{ to: '/voice-connector/vc-calls', label: 'VC Calls' }} aside={<StateBadge state={c.state} reason={c.reason_title} />}>Call {c.provider_call_id}</PageTitle>
          <Stack>
            {c.explanation && (
              <Notice title={c.explanation.title} severe={c.state === 'failed'}>
                <Text size="sm">{c.explanation.meaning}</Text>
                {c.detail && <Text size="sm" fw={600} mt={4}>{sentence(c.detail)}</Text>}
                <Text size="sm" mt={4}>{c.explanation.fix}{c.next_attempt_at && ` Next attempt: ${when(c.next_attempt_at)}.`}</Text>
                {c.explanation.page && c.explanation.page !== '/voice-connector/vc-calls' && <FixLink to={c.explanation.page} />}
              </Notice>
            )}
            <Group>
              {c.call_id && <Button component={Link} to={`/calls/${c.call_id}`}>Open the call</Button>}
              {c.state !== 'processed' && <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>Retry</Button>}
            </Group>
            {retry.error && <Failure error={retry.error} />}
            <Tabs defaultValue="details">
              <Tabs.List><Tabs.Tab value="details">Details</Tabs.Tab><Tabs.Tab value="related">Related</Tabs.Tab></Tabs.List>
              <Tabs.Panel value="details" pt="md">
                <Grid>
                  <Grid.Col span={{ base: 12, md: 6 }}>
                    <Card withBorder>
                      <Table variant="vertical" layout="fixed" fz="sm">
                        <Table.Tbody>
                          {[['Provider', providerName(c.provider)], ['Direction', title(c.direction)], ['From', phone(c.from)], ['To', phone(c.to)], ['Started', when(c.started_at)], ['User', c.user || 'nobody'], ['Came by', title(c.received_via)], ['Arrived', when(c.created_at)], ['Last change', when(c.updated_at)], ['Failed attempts', String(c.attempts)]].map(([k, v]) => (
                            <Table.Tr key={k}><Table.Th w={130}>{k}</Table.Th><Table.Td>{v}</Table.Td></Table.Tr>
                          ))}
                        </Table.Tbody>
                      </Table>
                    </Card>
                  </Grid.Col>
                  <Grid.Col span={{ base: 12, md: 6 }}>
                    <Card withBorder>
                      <Title order={2} size="h4" mb="xs">Participants</Title>
                      {c.participants.length === 0 && <Text c="dimmed" size="sm">Not known yet.</Text>}
                      {c.participants.map((p, i) => <Text key={i} size="sm">{[p.name, phone(p.phone), p.email, p.provider_user_id && `provider id ${p.provider_user_id}`].filter(Boolean).join(', ') || 'Unknown'} <Text span c="dimmed" size="xs">{p.internal ? 'internal' : 'external'}</Text></Text>)}
                    </Card>
                  </Grid.Col>
                </Grid>
              </Tabs.Panel>
              <Tabs.Panel value="related" pt="md">
                <Title order={2} size="h4" mb="sm">VC Log</Title>
                <Timeline bulletSize={14} lineWidth={2} active={c.log.length}>
                  {c.log.map((l) => (
                    <Timeline.Item key={l.id} title={<Text size="sm" fw={600}>{title(l.stage)}</Text>} color={l.level === 'error' ? 'red' : l.level === 'warn' ? 'yellow' : 'teal'}>
                      <Text size="sm">{l.text}</Text><Text size="xs" c="dimmed">{when(l.at)}</Text>
                    </Timeline.Item>
                  ))}
                </Timeline>
              </Tabs.Panel>
            </Tabs>
          </Stack>
        </>
      )}
    </Loaded>
  );
}
