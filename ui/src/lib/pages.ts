type Page<T> = { items: T[]; next?: string };

/**
 * Pages of a list whose first page was asked for again: known items are replaced where they are, new ones come first, none is lost or
 * doubled. The pages keep their cursors, so that loading more goes on where it was.
 */
export function mergeFirst<T extends { id: string }>(pages: Page<T>[], fresh: T[], updated: T[] = []): Page<T>[] {
  const now = new Map([...updated, ...fresh].map((item) => [item.id, item]));
  const known = new Set(pages.flatMap((p) => p.items.map((item) => item.id)));
  const added = fresh.filter((item) => !known.has(item.id));
  return pages.map((p, i) => ({ ...p, items: [...(i === 0 ? added : []), ...p.items.map((item) => now.get(item.id) ?? item)] }));
}
