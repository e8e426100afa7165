import { Text } from '@mantine/core';

/** Names and values, one below the other; what is empty is left out. */
export function Facts({ items }: { items: [string, string | undefined][] }) {
  return (
    <dl className="facts">
      {items.filter(([, value]) => value).map(([name, value]) => (
        <div key={name}><Text component="dt" size="sm" c="dimmed">{name}</Text><Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>{value}</Text></div>
      ))}
    </dl>
  );
}
