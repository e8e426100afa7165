export type Change = { topic: string; id: string };

/** What a feed needs of an EventSource; handed in for tests. */
export type Source = { addEventListener: (type: string, listener: (event: Event) => void) => void; close: () => void };

type Options = {
  open: () => Source;
  /** Changes that came close together. */
  onChanges: (changes: Change[]) => void;
  /** The feed was away and is back: anything may have changed. */
  onBack: () => void;
};

/** How long changes are gathered before they are told, and how long to wait after a failed connection: doubled each time up to the most. */
const GATHER_MS = 250;
const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 30_000;

function parse(event: Event): Change | undefined {
  try {
    const { topic, id } = JSON.parse((event as MessageEvent<string>).data) as Partial<Change>;
    return typeof topic === 'string' ? { topic, id: id ?? '' } : undefined;
  } catch {
    return undefined; // a newer server may say what this page does not know
  }
}

/**
 * Follows the server's feed of changes until the returned function is called. The server tells changes from the moment of connecting,
 * so that what happened while the feed was away is lost: onBack is called then. A browser gives up after an answer that is no feed
 * (a server that restarts behind a proxy), therefore connections are made anew here.
 */
export function followFeed({ open, onChanges, onBack }: Options): () => void {
  let source: Source;
  let gathered: Change[] = [];
  let telling: ReturnType<typeof setTimeout> | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const tell = () => {
    telling = undefined;
    const changes = gathered;
    gathered = [];
    onChanges(changes);
  };
  const connect = () => {
    waiting = undefined;
    source = open();
    source.addEventListener('open', () => {
      if (failures > 0) onBack();
      failures = 0;
    });
    source.addEventListener('change', (event) => {
      const change = parse(event);
      if (!change) return;
      gathered.push(change);
      telling ??= setTimeout(tell, GATHER_MS);
    });
    source.addEventListener('error', () => {
      if (waiting !== undefined) return;
      source.close();
      waiting = setTimeout(connect, Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures));
      failures += 1;
    });
  };
  connect();
  return () => { source.close(); clearTimeout(telling); clearTimeout(waiting); };
}
