import { Button, Card, Code, Grid, Group, Stack, Table, Tabs, Text, Timeline, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';

import { Loaded, Notice, PageTitle, StateBadge } from '../../components/states';
import type { components } from '../../api/schema';
import { phone, sentence, title, when } from '../../lib/format';
import { useProviderName } from '../../lib/providers';
import { queries } from '../../lib/queries';
import { Mends } from './vc-mends';
import { RuleSteps } from './vc-steps';

const recordingWords = (c: components['schemas']['VCCallDetail']) => (c.recording ? title(c.recording) + (c.recordings > 1 ? `, ${c.recordings} parts` : '') : '');

export function VCCallPage() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery(queries.vcCall(id));
  const providerName = useProviderName();
  return (
    <Loaded query={query} rows={6} head="VC Call">
      {(c) => (
        <>
          <PageTitle back={{ to: '/voice-connector/vc-calls', label: 'VC Calls' }} aside={<StateBadge state={c.state} reason={c.reason_title} />}>Call {c.provider_call_id}</PageTitle>
          <Stack>
            {c.explanation && (
              <Notice title={c.explanation.title} severe={c.state === 'failed'}>
                <Text size="sm">{c.explanation.meaning}</Text>
                {c.detail && <Text size="sm" fw={600} mt={4}>{sentence(c.detail)}</Text>}
                <Text size="sm" mt={4}>{c.explanation.fix}{c.next_attempt_at && ` Next attempt: ${when(c.next_attempt_at)}.`}</Text>
                {c.overtaken && <Text size="sm" fw={600} mt={4}>What stopped it has been mended since.</Text>}
              </Notice>
            )}
            {c.call_id && <Group><Button component={Link} to={`/calls/${c.call_id}`}>Open the call</Button></Group>}
            <Mends id={c.id} mends={c.mends} />
            <Tabs defaultValue="details">
              <Tabs.List><Tabs.Tab value="details">Details</Tabs.Tab><Tabs.Tab value="related">Related</Tabs.Tab></Tabs.List>
              <Tabs.Panel value="details" pt="md">
                <Grid>
                  <Grid.Col span={{ base: 12, md: 6 }}>
                    <Card withBorder>
                      <Table variant="vertical" layout="fixed" fz="sm">
                        <Table.Tbody>
                          {[['Provider', providerName(c.provider)], ['Direction', title(c.direction)], ['From', phone(c.from)], ['To', phone(c.to)], ['Started', when(c.started_at)], ['Answered', when(c.answered_at)], ['Ended', when(c.ended_at)], ['Talk', c.ended_at ? `${c.talk_seconds} s` : ''], ['Recording', recordingWords(c)], ['Tags', c.tags.join(', ')], ['User', c.user || 'nobody'], ['Came by', title(c.received_via)], ['Arrived', when(c.created_at)], ['Last change', when(c.updated_at)], ['Failed attempts', String(c.attempts)], ['Next attempt', when(c.next_attempt_at)]].filter(([, v]) => v).map(([k, v]) => (
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
                  <Grid.Col span={12}>
                    <Card withBorder>
                      <Title order={2} size="h4" mb={4}>Rules</Title>
                      <Text size="sm" c="dimmed" mb="xs">What each rule says of this call, on the data of today.</Text>
                      <RuleSteps steps={c.steps} />
                    </Card>
                  </Grid.Col>
                  {c.snapshot !== undefined && (
                    <Grid.Col span={12}>
                      <details>
                        <summary>As {providerName(c.provider)} told it{c.observed_at && `, ${when(c.observed_at)}`}</summary>
                        <Code block mt="xs" tabIndex={0} aria-label="The call as it is stored">{JSON.stringify(c.snapshot, null, 2)}</Code>
                      </details>
                    </Grid.Col>
                  )}
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
