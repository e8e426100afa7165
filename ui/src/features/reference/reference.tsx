import { Anchor, Card, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { Empty, Loaded, PageTitle } from '../../components/states';
import { type Description, entries } from '../../lib/openapi';
import { title } from '../../lib/format';
import { queries } from '../../lib/queries';
import { OperationView } from './operation';

function Operations({ api }: { api: Description }) {
  const [search, setSearch] = useState('');
  const found = entries(api, search);
  const tags = [...new Set(found.map((e) => e.tag))];
  return (
    <>
      <TextInput label="Search" type="search" placeholder="vc-calls, token, POST" maw={360} value={search} onChange={(e) => setSearch(e.currentTarget.value)} />
      {tags.length === 0 && <Empty title="Nothing found">No operation has this in its path or text.</Empty>}
      {tags.map((tag) => (
        <Card withBorder component="section" aria-label={title(tag)} key={tag}>
          <Title order={2} size="h4" mb="sm">{title(tag)}</Title>
          <Stack gap={0}>{found.filter((e) => e.tag === tag).map((e) => <OperationView key={`${e.method} ${e.path}`} api={api} entry={e} />)}</Stack>
        </Card>
      ))}
    </>
  );
}

/** The reference of the API, of the description that the server itself gives. */
export function ReferencePage() {
  const query = useQuery(queries.description());
  return (
    <>
      <PageTitle>API Reference</PageTitle>
      <Stack>
        <Text c="dimmed">Everything that this application can do, programs can do as well: with a token from <Anchor component={Link} to="/account" inherit underline="always">My Account</Anchor>, sent as <code>Authorization: Bearer …</code>. Lists come in pages; <code>next</code> of one answer is <code>cursor</code> of the next request. The same as a file: <Anchor href="/api/v1/openapi.yaml" inherit underline="always">openapi.yaml</Anchor></Text>
        <Loaded query={query} rows={8}>{(api) => <Operations api={api} />}</Loaded>
      </Stack>
    </>
  );
}
