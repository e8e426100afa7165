import { useEffect } from 'react';

import { keysFor, queryClient } from './queries';

/** How long changes are gathered before what they touch is asked for again. */
const GATHER_MS = 250;

/** Keeps what is shown up to date with the server's feed of changes while somebody is signed in. */
export function useLiveChanges(enabled: boolean) {
  useEffect(() => {
    if (!enabled) return;
    const source = new EventSource('/api/v1/changes');
    const touched = new Map<string, string[]>();
    let timer: number | undefined;
    const flush = () => {
      timer = undefined;
      for (const key of touched.values()) void queryClient.invalidateQueries({ queryKey: key });
      touched.clear();
    };
    source.addEventListener('change', (event) => {
      const { topic, id } = JSON.parse((event as MessageEvent<string>).data) as { topic: string; id: string };
      for (const key of keysFor(topic, id)) touched.set(key.join('/'), key);
      timer ??= window.setTimeout(flush, GATHER_MS);
    });
    return () => { source.close(); window.clearTimeout(timer); };
  }, [enabled]);
}
