import { Button, Group, Table } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { type ReactNode, useEffect, useRef, useState } from 'react';

import { type RowRange, rowsInView } from '../lib/rows';

/** Height of a row of a long list, in pixels; what is in it is cut, never wrapped. */
export const ROW_HEIGHT = 60;

/** Lists up to this length are drawn whole, so that the browser's own search finds everything. */
const SHORT = 150;

/** So many are drawn of a list that is out of sight, for the keyboard to go on into. */
const FEWEST = 5;

const Space = ({ rows }: { rows: number }) => (rows > 0 ? <tr aria-hidden style={{ height: rows * ROW_HEIGHT }} /> : null);

/** The body of a table of which only the rows near the window are drawn: ten thousand scroll like ten. */
export function LongBody<T>({ items, children }: { items: T[]; children: (item: T, index: number) => ReactNode }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [range, setRange] = useState<RowRange>({ first: 0, last: SHORT });
  const count = items.length;
  const long = count > SHORT;
  useEffect(() => {
    if (!long) return;
    const look = () => {
      if (!body.current) return;
      const inView = rowsInView({ top: -body.current.getBoundingClientRect().top, height: window.innerHeight, rowHeight: ROW_HEIGHT, count });
      const next = { first: inView.first, last: Math.min(count, Math.max(inView.last, inView.first + FEWEST)) };
      setRange((now) => (now.first === next.first && now.last === next.last ? now : next));
    };
    look();
    window.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', look);
    return () => { window.removeEventListener('scroll', look); window.removeEventListener('resize', look); };
  }, [long, count]);
  const { first, last } = long ? range : { first: 0, last: count };
  return (
    <Table.Tbody ref={body}>
      <Space rows={Math.min(first, count)} />
      {items.slice(first, last).map((item, i) => children(item, first + i))}
      <Space rows={count - Math.min(last, count)} />
    </Table.Tbody>
  );
}

/** Asks for more of a list as its end comes near; the button is for those who do not scroll. */
export function More({ query }: { query: { hasNextPage: boolean; isFetchingNextPage: boolean; isFetchNextPageError: boolean; fetchNextPage: () => unknown } }) {
  const { ref, entry } = useIntersection<HTMLDivElement>({ rootMargin: '800px' });
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const near = !!entry?.isIntersecting && hasNextPage && !isFetchingNextPage && !isFetchNextPageError;
  useEffect(() => { if (near) fetchNextPage(); }, [near, fetchNextPage]);
  return <Group justify="center" ref={ref} mih={1}>{hasNextPage && <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>{isFetchNextPageError ? 'Try again' : 'Show more'}</Button>}</Group>;
}
