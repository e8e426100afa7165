import { useEffect } from 'react';

import { followFeed } from './feed';
import { keysFor, queryClient, refreshLists } from './queries';

/** Keeps what is shown up to date with the server's feed of changes while somebody is signed in. */
export function useLiveChanges(enabled: boolean) {
  useEffect(() => {
    if (!enabled) return;
    return followFeed({
      open: () => new EventSource('/api/v1/changes'),
      onBack: () => void queryClient.invalidateQueries(),
      onChanges: (changes) => {
        const keys = new Map(changes.flatMap((c) => keysFor(c.topic, c.id)).map((key) => [key.join('/'), key]));
        for (const queryKey of keys.values()) void queryClient.invalidateQueries({ queryKey });
        for (const topic of ['call', 'vc_call']) void refreshLists(queryClient, topic, [...new Set(changes.filter((c) => c.topic === topic).map((c) => c.id))]);
      },
    });
  }, [enabled]);
}
