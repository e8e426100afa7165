import { Text } from '@mantine/core';
import { Suspense, lazy } from 'react';

const Rendered = lazy(() => import('react-markdown'));

/** Text that came with the product, as its driver or the terms have it. */
export function Markdown({ children }: { children: string }) {
  return <div className="markdown"><Suspense fallback={<Text c="dimmed">Loading…</Text>}><Rendered>{children}</Rendered></Suspense></div>;
}
