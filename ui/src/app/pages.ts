import { BackIcon, BanIcon, CallsIcon, ClockIcon, HomeIcon, KeyIcon, ListIcon, PackageIcon, PlugIcon, SlidersIcon, SpeechIcon, UsersIcon, WrenchIcon } from '../components/icons';

/** All places that the App Launcher and Quick Find lead to; also: further words that find them. */
export type Page = { label: string; description: string; to: string; group: 'Apps' | 'Voice Connector' | 'Setup'; admin?: boolean; app?: boolean; also?: string[]; icon: typeof HomeIcon };

export const pages: Page[] = [
  { label: 'Home', description: 'Recent calls and next steps', to: '/', icon: HomeIcon, group: 'Apps' },
  { label: 'Calls', description: 'Transcripts, insights and recordings', to: '/calls', icon: CallsIcon, group: 'Apps' },
  { label: 'Call Explorer', description: 'Ask a question about many calls, answered with citations', to: '/explorer', icon: ListIcon, group: 'Apps' },
  { label: 'Voice Connector', description: 'Connect a phone provider', also: ['Voice Connectors', 'Aircall, Amazon Connect, Dialpad, RingCentral'], to: '/voice-connector', icon: PlugIcon, group: 'Apps', app: true },
  { label: 'API Reference', description: 'Everything that programs can ask and change, with examples', also: ['OpenAPI', 'REST', 'developer'], to: '/api-reference', icon: SlidersIcon, group: 'Apps' },
  { label: 'VC Calls', description: 'Every call that arrived, and why one is missing', to: '/voice-connector/vc-calls', icon: ListIcon, group: 'Voice Connector', admin: true },
  { label: 'Excluded Numbers', description: 'Numbers whose calls are never processed', to: '/voice-connector/excluded-numbers', icon: BanIcon, group: 'Voice Connector', admin: true },
  { label: 'Error Handling', description: 'Retry calls of a user and days, or fetch one by its id', to: '/voice-connector/error-handling', icon: BackIcon, group: 'Voice Connector', admin: true },
  { label: 'Troubleshooting', description: 'What may be wrong, and why a call is missing', to: '/voice-connector/troubleshooting', icon: WrenchIcon, group: 'Voice Connector', admin: true },
  { label: 'Users', description: 'People, identifiers, phones, permission sets', to: '/setup/users', icon: UsersIcon, group: 'Setup', admin: true },
  { label: 'Permission Sets', description: 'What each gives, and who holds it', to: '/setup/permission-sets', icon: KeyIcon, group: 'Setup', admin: true },
  { label: 'Named Credentials', description: 'How each provider is asked: status, scope, test', also: ['authentication status'], to: '/setup/named-credentials', icon: KeyIcon, group: 'Setup', admin: true },
  { label: 'Auth. Providers', description: 'Where tokens come from: Dialpad and RingCentral', also: ['auth providers', 'OpenID Connect', 'consumer key'], to: '/setup/auth-providers', icon: KeyIcon, group: 'Setup', admin: true },
  { label: 'Sites', description: 'Public addresses that receive events, and their last requests', also: ['webhook', 'guest user'], to: '/setup/sites', icon: PlugIcon, group: 'Setup', admin: true },
  { label: 'General Settings', description: 'Einstein Conversation Insights: provider switches, speaker separation, language, retention', to: '/setup/general-settings', icon: SlidersIcon, group: 'Setup', admin: true },
  { label: 'Insight Types', description: 'Products, competitors and custom mentions to find in calls', also: ['keywords', 'aliases', 'mentions'], to: '/setup/insight-types', icon: ListIcon, group: 'Setup', admin: true },
  { label: 'Scheduled Jobs', description: 'What connectors do by themselves: hourly batch, watch, back-fill', to: '/setup/scheduled-jobs', icon: ClockIcon, group: 'Setup', admin: true },
  { label: 'Re-analysis', description: 'Transcribe or analyse older calls again, by the settings of today', to: '/setup/re-analysis', icon: BackIcon, group: 'Setup', admin: true },
  { label: 'Installed Packages', description: 'The Voice Connector app: who sees it, uninstall, and the e-mails about it', to: '/setup/installed-packages', icon: PackageIcon, group: 'Setup', admin: true },
  { label: 'API Tokens', description: 'Programs that act as users: list and revoke', to: '/setup/api-tokens', icon: KeyIcon, group: 'Setup', admin: true },
  { label: 'Single Sign-On', description: 'Sign in through the company’s OpenID provider', to: '/setup/single-sign-on', icon: KeyIcon, group: 'Setup', admin: true },
  { label: 'Audit Log', description: 'Who signed in, and who changed what', to: '/setup/audit-log', icon: ListIcon, group: 'Setup', admin: true },
  { label: 'Language Model', description: 'Written summaries and questions by a model: what leaves this machine, budget, insight prompts', to: '/setup/language-model', icon: SpeechIcon, group: 'Setup', admin: true },
  { label: 'Speech', description: 'The engine that turns audio into text', to: '/setup/speech', icon: SpeechIcon, group: 'Setup', admin: true },
];

/** What a user may see; voiceConnector: the Voice Connector app is installed for them. */
export const pagesFor = (permissions: string[], voiceConnector = false): Page[] => pages.filter((p) => permissions.includes('Customize Application') || (!p.admin && (!p.app || voiceConnector)));

/** The page that a path belongs to: the one with the longest address that the path is or is under. */
export function pageOf(path: string, among: Page[]): Page | undefined {
  return among.filter((p) => path === p.to || (p.to !== '/' && path.startsWith(`${p.to}/`))).sort((a, b) => b.to.length - a.to.length)[0];
}
