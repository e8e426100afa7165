import { Badge, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { Loaded, PageTitle } from '../../components/states';
import { queries } from '../../lib/queries';
import { QuickFind } from './quick-find';

export function SpeechPage() {
  const query = useQuery(queries.engine());
  return (
    <>
      <PageTitle>Speech</PageTitle>
      <QuickFind />
      <Loaded query={query}>
        {(e) => (
          <Stack>
            <Card withBorder>
              <Group justify="space-between"><Title order={2} size="h4">Speech engine</Title><Badge variant={e.installed ? 'filled' : 'default'} tt="none">{e.installed ? 'Installed' : 'Not installed'}</Badge></Group>
              <Text mt="sm">{e.name} {e.model}, runs on this machine. Languages: {e.languages.join(', ')}.</Text>
              {e.hint && <Text mt="sm">{e.hint}</Text>}
              {!e.installed && <Code block mt="sm">earshot models pull</Code>}
            </Card>
            <Card withBorder>
              <Group justify="space-between"><Title order={2} size="h4">Audio decoder</Title><Badge variant={e.ffmpeg ? 'filled' : 'default'} tt="none">{e.ffmpeg ? 'Installed' : 'Not installed'}</Badge></Group>
              <Text mt="sm">{e.ffmpeg_hint || 'ffmpeg reads MP3, M4A and other compressed recordings.'}</Text>
            </Card>
          </Stack>
        )}
      </Loaded>
    </>
  );
}
