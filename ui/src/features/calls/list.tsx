import { Button, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { More } from '../../components/rows';
import { Empty, Loaded, PageTitle } from '../../components/states';
import { queries } from '../../lib/queries';
import { CallTable } from './row';

export function CallsPage() {
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 250);
  const query = useInfiniteQuery({ ...queries.calls(search), placeholderData: keepPreviousData });
  return (
    <>
      <PageTitle>Calls</PageTitle>
      <Stack>
        <TextInput type="search" aria-label="Search calls" placeholder="Search numbers, names, and what was said" value={text} onChange={(e) => setText(e.currentTarget.value)} maw={480} />
        <Loaded query={query} rows={8}>
          {(data) => {
            const calls = data.pages.flatMap((p) => p.items);
            if (calls.length === 0 && search) return <Empty title="Nothing found">No call has “{search}” in its numbers, names or transcript.</Empty>;
            if (calls.length === 0) return <Empty title="No calls yet" action={<Button component={Link} to="/voice-connector" mt="sm">Open Voice Connector</Button>}>Calls show up here as soon as their recording has arrived. If you expect some, look at VC Calls: it says where each one is.</Empty>;
            return (
              <>
                <CallTable calls={calls} />
                <More query={query} />
              </>
            );
          }}
        </Loaded>
      </Stack>
    </>
  );
}
