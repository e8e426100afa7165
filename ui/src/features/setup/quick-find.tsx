import { Card, NavLink, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { pages } from '../../app/pages';

/** The Quick Find box of Setup. */
export function QuickFind() {
  const [text, setText] = useState('');
  const found = pages.filter((p) => p.group === 'Setup' && `${p.label} ${p.description}`.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <Card withBorder p="sm" mb="md">
      <TextInput type="search" aria-label="Quick Find" placeholder="Quick Find" value={text} onChange={(e) => setText(e.currentTarget.value)} maw={360} />
      {text.trim() && (found.length > 0 ? found.map((p) => <NavLink key={p.to} component={Link} to={p.to} label={p.label} description={p.description} />) : <div role="status">Nothing found</div>)}
    </Card>
  );
}
