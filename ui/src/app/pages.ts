/** All places that the App Launcher and Quick Find lead to. */
export type Page = { label: string; description: string; to: string; group: 'Apps' | 'Voice Connector' | 'Setup'; admin?: boolean };

export const pages: Page[] = [
  { label: 'Home', description: 'Recent calls and next steps', to: '/', group: 'Apps' },
  { label: 'Calls', description: 'Transcripts, insights and recordings', to: '/calls', group: 'Apps' },
  { label: 'Voice Connector', description: 'Connect a phone provider', to: '/voice-connector', group: 'Apps', admin: true },
  { label: 'VC Calls', description: 'Every call that arrived, and why one is missing', to: '/voice-connector/vc-calls', group: 'Voice Connector', admin: true },
  { label: 'Excluded Numbers', description: 'Numbers whose calls are never processed', to: '/voice-connector/excluded-numbers', group: 'Voice Connector', admin: true },
  { label: 'Users', description: 'People, identifiers, phones, permission sets', to: '/setup/users', group: 'Setup', admin: true },
  { label: 'General Settings', description: 'Conversation Insights: provider switches, speaker separation, language', to: '/setup/general-settings', group: 'Setup', admin: true },
  { label: 'Speech', description: 'The engine that turns audio into text', to: '/setup/speech', group: 'Setup', admin: true },
];

/** What a user may see. */
export const pagesFor = (permissions: string[]): Page[] => pages.filter((p) => !p.admin || permissions.includes('Customize Application'));
