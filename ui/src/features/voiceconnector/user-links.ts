import type { ProviderUser } from '../../lib/api';

/** What an admin chose for people of the provider, by identifier: one of our users, or '' for nobody. What is not chosen is as suggested. */
export type Choices = Record<string, string>;

/** Whose identifier it is to be: as chosen, else whoever has it, else as suggested. */
export const wanted = (p: ProviderUser, choices: Choices): string => choices[p.identifier] ?? (p.user_id || p.suggested_id);

/** Whether saving changes something for a person. */
export const isOpen = (p: ProviderUser, choices: Choices): boolean => wanted(p, choices) !== p.user_id;

/** The fields that saving fills, and those that it empties since somebody else is to have the identifier. */
export function linksOf(people: ProviderUser[], choices: Choices): { user_id: string; identifier: string }[] {
  const open = people.filter((p) => isOpen(p, choices));
  const filled = open.filter((p) => wanted(p, choices)).map((p) => ({ user_id: wanted(p, choices), identifier: p.identifier }));
  const emptied = open.filter((p) => p.user_id && !filled.some((l) => l.user_id === p.user_id)).map((p) => ({ user_id: p.user_id, identifier: '' }));
  return [...filled, ...emptied];
}
