import { Card, NativeSelect, Stack, Switch, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';

import { Failure, Loaded, PageTitle } from '../../components/states';
import { type GeneralSettings, api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';
import { SwitchFailure } from '../voiceconnector/jobs';
import { QuickFind } from './quick-find';
import { Retention } from './retention';
import { SpeechEngine } from './speech-engine';

export function GeneralPage() {
  const settings = useQuery(queries.settings());
  const connectors = useQuery(queries.connectors());
  const engine = useQuery(queries.engine());
  const speech = useQuery(queries.speechSettings());
  const chosen = speech.data?.engines.find((e) => e.name === speech.data.engine);
  const save = useMutation({
    mutationFn: (body: GeneralSettings) => unwrap(api.PUT('/api/v1/settings/general', { body })),
    onSuccess: (data) => queryClient.setQueryData(queries.settings().queryKey, data),
  });
  const toggle = useMutation({
    mutationFn: ({ provider, ...body }: { provider: string; provider_enabled: boolean; delete_jobs?: boolean }) => unwrap(api.PUT('/api/v1/connectors/{provider}/switches', { params: { path: { provider } }, body })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['connectors'] }),
  });
  return (
    <>
      <PageTitle>General Settings</PageTitle>
      <QuickFind />
      <Stack>
        <Card withBorder component="section" aria-label="Providers">
          <Title order={2} size="h4" mb="sm">Providers</Title>
          <Text size="sm" c="dimmed" mb="sm">Calls are processed where both this switch and the connector’s own are on.</Text>
          <Loaded query={connectors} rows={1}>{(data) => <Stack gap="sm">{data.items.map((c) => <Switch key={c.provider} label={c.name} checked={c.provider_enabled} disabled={!c.configured || toggle.isPending} onChange={(e) => toggle.mutate({ provider: c.provider, provider_enabled: e.currentTarget.checked })} />)}</Stack>}</Loaded>
          {toggle.error && <SwitchFailure error={toggle.error} pending={toggle.isPending} deleteAndEnable={() => { if (toggle.variables) toggle.mutate({ ...toggle.variables, delete_jobs: true }); }} />}
        </Card>
        <Card withBorder component="section" aria-label="Analysis">
          <Title order={2} size="h4" mb="sm">Analysis</Title>
          <Loaded query={settings} rows={2}>
            {(s) => (
              <Stack gap="md">
                <Switch label="Optimal Speaker Separation" description="Process recordings in which all voices share one channel. Without it they are kept and can be played, but not transcribed." checked={s.optimal_speaker_separation} onChange={(e) => save.mutate({ ...s, optimal_speaker_separation: e.currentTarget.checked })} />
                <NativeSelect label="Language" description="In which calls are transcribed; what the chosen engine knows" maw={240} data={languages(chosen?.languages ?? engine.data?.languages, s.language)} value={s.language} onChange={(e) => save.mutate({ ...s, language: e.currentTarget.value })} />
                <NativeSelect label="Time zone" description="Of the company: “tomorrow” in a call is the day after it took place there" maw={320} data={zones(s.time_zone)} value={s.time_zone} onChange={(e) => save.mutate({ ...s, time_zone: e.currentTarget.value })} />
              </Stack>
            )}
          </Loaded>
          {save.error && <Failure error={save.error} />}
        </Card>
        {settings.data && <Retention key={JSON.stringify(settings.data)} settings={settings.data} />}
        <Card withBorder component="section" aria-label="Speech engine">
          <Title order={2} size="h4" mb="sm">Speech engine</Title>
          <Loaded query={speech} rows={4}>{(s) => <SpeechEngine settings={s} />}</Loaded>
        </Card>
      </Stack>
    </>
  );
}

/** All time zones, and that of the server. */
const zones = (set: string) => [{ value: '', label: 'That of the server' }, ...[...new Set([...Intl.supportedValuesOf('timeZone'), ...(set ? [set] : [])])].map((z) => ({ value: z, label: z.replaceAll('_', ' ') }))];

/** What an engine knows, and in any case what is set. */
const languages = (known: string[] | undefined, set: string) => (known?.includes(set) ? known : [set, ...(known ?? [])]);
