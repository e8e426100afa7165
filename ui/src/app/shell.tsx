import { ActionIcon, AppShell, Burger, Button, Group, Kbd, Menu, NavLink, Text, Tooltip, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import { AppsIcon, MoonIcon, SunIcon, UserIcon } from '../components/icons';
import { NotAllowed } from '../components/states';
import { api, unwrap } from '../lib/api';
import { useLiveChanges } from '../lib/live';
import { queries } from '../lib/queries';
import { pages as allPages, pageOf, pagesFor } from './pages';

function Logo() {
  return (
    <UnstyledButton component={Link} to="/" aria-label="Earshot, home">
      <Group gap={8} wrap="nowrap"><img src="/logo.svg" width={26} height={26} alt="" /><Text fw={700} size="lg" visibleFrom="xs">Earshot</Text></Group>
    </UnstyledButton>
  );
}

function ColorSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = dark ? 'Light colours' : 'Dark colours';
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="lg" aria-label={label} onClick={() => setColorScheme(dark ? 'light' : 'dark')}>{dark ? <SunIcon /> : <MoonIcon />}</ActionIcon>
    </Tooltip>
  );
}

function UserMenu({ name, email }: { name: string; email: string }) {
  const signOut = async () => {
    await unwrap(api.DELETE('/api/v1/session'));
    window.location.assign('/login'); // a new page keeps nothing of what was shown
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target><Button variant="default" maw={200} px="sm" title={name} aria-label={`${name}, user menu`}><UserIcon /><Text span inherit ml={8} visibleFrom="xs" className="truncate">{name}</Text></Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{email}</Menu.Label>
        <Menu.Item component={Link} to="/account">My Account</Menu.Item>
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** After going to another page the keyboard and the screen reader go on there, not in the navigation. */
function useFocusOnNew(path: string) {
  const last = useRef(path);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [path]);
}

/** The keys that open the App Launcher, as this machine writes them. */
const shortcut = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K';

/** The frame of every page: top bar with the App Launcher, navigation, and the page. */
export function Shell() {
  const { data } = useQuery(queries.session());
  const [open, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: (s) => s.location.pathname });
  const navigate = useNavigate();
  const user = data?.user;
  useLiveChanges(!!user);
  useHotkeys([['mod+K', () => spotlight.open()]], []); // in fields too
  // The session may end at any time, here or elsewhere.
  const ended = !!data && !data.user;
  useEffect(() => { if (ended && path !== '/login') void navigate({ to: '/login', search: { next: path } }); }, [ended, navigate, path]);
  const pages = pagesFor(user?.permissions ?? [], user?.voice_connector);
  const current = pageOf(path, pages);
  const wanted = pageOf(path, allPages);
  const closed = user && wanted && !pages.includes(wanted) ? wanted : undefined;
  useFocusOnNew(path);
  const groups = (['Apps', 'Voice Connector', 'Setup'] as const).map((group) => ({ group, pages: pages.filter((p) => p.group === group) })).filter((g) => g.pages.length > 0);
  const actions = groups.map((g) => ({ group: g.group, actions: g.pages.map((p) => ({ id: p.to, label: p.label, description: p.description, keywords: p.also ?? [], leftSection: <p.icon />, onClick: () => void navigate({ to: p.to }) })) }));
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !open } }} padding="md">
      <a className="skip" href="#main">Skip to content</a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Logo />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Button variant="default" px="sm" onClick={() => spotlight.open()} aria-label="App Launcher" aria-keyshortcuts="Control+K Meta+K"><AppsIcon size={15} /><Text span inherit ml={8} visibleFrom="xs">App Launcher</Text></Button><Kbd size="xs" visibleFrom="md" aria-hidden>{shortcut}</Kbd>
            <ColorSwitch />
            {user && <UserMenu name={user.name} email={user.email} />}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label="Pages">
        {groups.map((g) => (
          <div key={g.group}>
            {g.group !== 'Apps' && <Text size="xs" c="dimmed" fw={600} mt="md" mb={4} px="sm">{g.group}</Text>}
            {g.pages.map((p) => (
              <NavLink key={p.to} component={Link} to={p.to} activeOptions={{ exact: true }} label={p.label} leftSection={<p.icon />} active={p === current} onClick={close} style={{ borderRadius: 8 }} />
            ))}
          </div>
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>{closed ? <NotAllowed page={closed.label} /> : <Outlet />}</AppShell.Main>
      <Spotlight actions={actions} shortcut={null} nothingFound="Nothing found" highlightQuery searchProps={{ placeholder: 'Search apps and pages', 'aria-label': 'Search apps and pages' }} />
    </AppShell>
  );
}
