import { type AnyRoute, createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { Broken, NoSuchPage } from '../components/states';
import { queries, queryClient } from '../lib/queries';
import { Shell } from './shell';

const root = createRootRoute();

const login = createRoute({ getParentRoute: () => root, path: '/login', component: lazyRouteComponent(() => import('../features/session/login'), 'LoginPage') });
const setPassword = createRoute({ getParentRoute: () => root, path: '/set-password', component: lazyRouteComponent(() => import('../features/session/set-password'), 'SetPasswordPage') });
const firstRun = createRoute({
  getParentRoute: () => root, path: '/first-run', component: lazyRouteComponent(() => import('../features/session/first-run'), 'FirstRunPage'),
  validateSearch: (s: Record<string, unknown>) => ({ code: typeof s.code === 'string' ? s.code : '' }),
});

const shell = createRoute({
  getParentRoute: () => root, id: 'shell', component: Shell,
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(queries.session());
    if (session.setup_needed) throw redirect({ to: '/first-run', search: { code: '' } });
    if (!session.user) throw redirect({ to: '/login', search: { next: location.href } });
  },
});

const page = <P extends string>(path: P, load: () => Promise<Record<string, unknown>>, name: string, parent: AnyRoute = shell) =>
  createRoute({ getParentRoute: () => parent, path, component: lazyRouteComponent(load as () => Promise<Record<string, () => React.ReactNode>>, name) });

const voiceConnector = createRoute({ getParentRoute: () => shell, id: 'voice-connector-app', component: lazyRouteComponent(() => import('../features/voiceconnector/install'), 'VoiceConnectorFrame') });

const voiceConnectorPages = [
  page('/voice-connector', () => import('../features/voiceconnector/providers'), 'ProvidersPage', voiceConnector),
  page('/voice-connector/vc-calls', () => import('../features/voiceconnector/vc-calls'), 'VCCallsPage', voiceConnector),
  page('/voice-connector/vc-calls/$id', () => import('../features/voiceconnector/vc-call'), 'VCCallPage', voiceConnector),
  page('/voice-connector/error-handling', () => import('../features/voiceconnector/error-handling'), 'ErrorHandlingPage', voiceConnector),
  page('/voice-connector/excluded-numbers', () => import('../features/voiceconnector/excluded'), 'ExcludedPage', voiceConnector),
  page('/voice-connector/troubleshooting', () => import('../features/voiceconnector/troubleshooting'), 'TroubleshootingPage', voiceConnector),
  page('/voice-connector/$provider/users', () => import('../features/voiceconnector/user-mapping'), 'UserMappingPage', voiceConnector),
  page('/voice-connector/$provider', () => import('../features/voiceconnector/connector'), 'ConnectorPage', voiceConnector),
];

const routes = [
  page('/', () => import('../features/home/home'), 'HomePage'),
  page('/calls', () => import('../features/calls/list'), 'CallsPage'),
  page('/calls/$id', () => import('../features/calls/call'), 'CallPage'),
  voiceConnector.addChildren(voiceConnectorPages),
  page('/setup/users', () => import('../features/setup/users'), 'UsersPage'),
  page('/setup/users/new', () => import('../features/setup/user'), 'NewUserPage'),
  page('/setup/users/$id', () => import('../features/setup/user'), 'UserPage'),
  page('/setup/permission-sets', () => import('../features/setup/permission-sets'), 'PermissionSetsPage'),
  page('/setup/named-credentials', () => import('../features/setup/named-credentials'), 'NamedCredentialsPage'),
  page('/setup/auth-providers', () => import('../features/setup/auth-providers'), 'AuthProvidersPage'),
  page('/setup/sites', () => import('../features/setup/sites'), 'SitesPage'),
  page('/setup/general-settings', () => import('../features/setup/general'), 'GeneralPage'),
  page('/setup/insight-types', () => import('../features/setup/insight-types'), 'InsightTypesPage'),
  page('/setup/scheduled-jobs', () => import('../features/setup/scheduled-jobs'), 'ScheduledJobsPage'),
  page('/setup/re-analysis', () => import('../features/setup/reanalysis'), 'ReanalysisPage'),
  page('/setup/installed-packages', () => import('../features/setup/packages'), 'PackagesPage'),
  page('/setup/single-sign-on', () => import('../features/setup/sso'), 'SSOPage'),
  page('/setup/audit-log', () => import('../features/setup/audit-log'), 'AuditLogPage'),
  page('/setup/api-tokens', () => import('../features/setup/api-tokens'), 'APITokensPage'),
  page('/account', () => import('../features/account/account'), 'AccountPage'),
  page('/api-reference', () => import('../features/reference/reference'), 'ReferencePage'),
  page('/explorer', () => import('../features/explorer/explorer'), 'ExplorerPage'),
  page('/setup/language-model', () => import('../features/setup/language-model'), 'LanguageModelPage'),
  page('/setup/speech', () => import('../features/setup/speech'), 'SpeechPage'),
  createRoute({ getParentRoute: () => shell, path: '/setup', beforeLoad: () => { throw redirect({ to: '/setup/users' }); } }),
  createRoute({ getParentRoute: () => shell, path: '$', component: NoSuchPage }),
];

export const router = createRouter({ routeTree: root.addChildren([login, setPassword, firstRun, shell.addChildren(routes)]), defaultPreload: 'intent', defaultErrorComponent: Broken, defaultNotFoundComponent: NoSuchPage, scrollRestoration: true });

// After an upgrade of the server an old page asks for files that are gone: the new page has them.
window.addEventListener('vite:preloadError', () => window.location.reload());
