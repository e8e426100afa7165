export type RowRange = { first: number; last: number };

/** Rows beyond both ends of the window that are kept, so that Tab and quick scrolling find them there. */
const SPARE = 12;

/**
 * The rows of a long list that are worth drawing: those in the window and a few more. top is how far the start of the list is above the
 * window's top, in pixels; first is included, last is not.
 */
export function rowsInView({ top, height, rowHeight, count }: { top: number; height: number; rowHeight: number; count: number }): RowRange {
  const first = Math.min(Math.max(0, Math.floor(top / rowHeight) - SPARE), Math.max(0, count - 1));
  const last = Math.min(count, Math.max(first, Math.ceil((top + height) / rowHeight) + SPARE));
  return { first, last };
}
