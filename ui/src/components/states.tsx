import { Anchor, Badge, Button, Card, Center, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Children, type ReactNode } from 'react';

import { pageOf, pagesFor } from '../app/pages';
import { ApiError } from '../lib/api';
import { title as capital } from '../lib/format';
import { queries } from '../lib/queries';

/** Says that something went wrong, what it means, and offers to try again. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  const list = error instanceof ApiError ? error.list : [];
  return (
    <Card withBorder role="alert" p="md" className="failure">
      <Text fw={650} mb={4}>This did not work</Text>
      <Text size="sm">{error.message}</Text>
      {list.length > 0 && <ul>{list.map((item) => <li key={item}><Text size="sm">{item}</Text></li>)}</ul>}
      {retry && <Group mt="sm"><Button size="xs" variant="default" onClick={retry}>Try again</Button></Group>}
    </Card>
  );
}

/** Shows a query: bones while it loads, why it failed, or its data. A page whose head depends on the data says what it is called until then. */
export function Loaded<T>({ query, children, rows = 4, head }: { query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>; children: (data: T) => ReactNode; rows?: number; head?: string }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error instanceof ApiError && query.error.status === 404) return <Gone error={query.error} />;
  if (query.error) return <>{head && <PageTitle>{head}</PageTitle>}<Failure error={query.error} retry={() => void query.refetch()} /></>;
  return <Stack role="status" aria-busy="true" aria-label="Loading">{Array.from({ length: rows }, (_, i) => <Skeleton key={i} h={36} />)}</Stack>;
}

/** Something that should be known, quieter than a failure. */
export function Notice({ title: heading, severe, children }: { title: string; severe?: boolean; children: ReactNode }) {
  return (
    <Card withBorder role="note" style={{ borderLeft: `4px solid var(--mantine-color-${severe ? 'red' : 'orange'}-6)` }}>
      <Text fw={650} mb={4}>{heading}</Text>
      {children}
    </Card>
  );
}

/** Leads to the page where a reason is mended, for those who may go there. */
export function FixLink({ to }: { to: string }) {
  const session = useQuery(queries.session());
  const target = pageOf(to, pagesFor(session.data?.user?.permissions ?? [], session.data?.user?.voice_connector));
  return target?.to === to ? <Anchor component={Link} to={to} size="sm" fw={600}>Go to {target.label}</Anchor> : null;
}

/** What is seen where nothing is yet, and what to do about it. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <Center py={56}>
      <Stack align="center" gap={6} maw={440} ta="center">
        <Title order={2} size="h4">{title}</Title>
        <Text c="dimmed">{children}</Text>
        {action}
      </Stack>
    </Center>
  );
}

const colors: Record<string, string> = { processed: 'teal', processing: 'blue', received: 'blue', waiting: 'yellow', unmatched: 'orange', skipped: 'gray', failed: 'red' };

/** The state of a call, with its reason where there is one. */
export function StateBadge({ state, reason }: { state: string; reason?: string }) {
  return (
    <Group gap={6} wrap="nowrap">
      <Badge color={colors[state] ?? 'gray'} variant="light" tt="none" style={{ flexShrink: 0 }} styles={{ label: { color: 'var(--mantine-color-text)' } }}>{capital(state)}</Badge>
      {reason && <Text size="sm" c="dimmed" className="truncate" title={reason}>{reason}</Text>}
    </Group>
  );
}

/** The head of a page, which also names the browser's tab. */
export function PageTitle({ children, aside, back }: { children: ReactNode; aside?: ReactNode; back?: { to: string; label: string } }) {
  const name = Children.toArray(children).filter((c) => typeof c === 'string' || typeof c === 'number').join('');
  useDocumentTitle(name ? `${name} · Earshot` : 'Earshot');
  return (
    <Stack gap={2} mb="md">
      {back && <Anchor component={Link} to={back.to} size="sm" w="fit-content">← {back.label}</Anchor>}
      <Group justify="space-between" align="center" gap="sm">
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }} lineClamp={3} title={name}>{children}</Title>
        {aside}
      </Group>
    </Stack>
  );
}

/** The page of a thing that is not there, or not any more. */
function Gone({ error }: { error: Error }) {
  return (
    <>
      <PageTitle>Not found</PageTitle>
      <Empty title="There is nothing here" action={<Button mt="sm" variant="default" onClick={() => window.history.back()}>Go back</Button>}>{error.message}</Empty>
    </>
  );
}

/** What an address shows that leads nowhere. */
export function NoSuchPage() {
  return (
    <>
      <PageTitle>No such page</PageTitle>
      <Empty title="This address leads nowhere" action={<Button component={Link} to="/" mt="sm">Go to Home</Button>}>Open the App Launcher to find what you look for.</Empty>
    </>
  );
}

/** What the address of a page shows to who may not open it. */
export function NotAllowed({ page }: { page: string }) {
  return (
    <>
      <PageTitle>{page}</PageTitle>
      <Empty title="This page is for admins" action={<Button component={Link} to="/" mt="sm">Go to Home</Button>}>You lack the permission to open it. If you need it for your work, ask an admin for it.</Empty>
    </>
  );
}

/** A page that could not be shown at all: the server does not answer, or there is a mistake in the page. */
export function Broken({ error }: { error: unknown }) {
  return (
    <Center component="main" mih="60vh" p="md">
      <Stack maw={520} w="100%">
        <Title order={1} size="h3">Earshot cannot show this page</Title>
        <Failure error={error instanceof Error ? error : new Error(String(error))} retry={() => window.location.reload()} />
      </Stack>
    </Center>
  );
}
