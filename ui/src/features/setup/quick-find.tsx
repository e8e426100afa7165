import { Card, NavLink, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { pages } from '../../app/pages';

/** The Quick Find box of Setup. */
export function QuickFind() {
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const found = pages.filter((p) => p.group === 'Setup' && `${p.label} ${p.description} ${p.also?.join(' ') ?? ''}`.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <Card withBorder p="sm" mb="md">
      <form role="search" onSubmit={(e) => { e.preventDefault(); if (text.trim() && found[0]) void navigate({ to: found[0].to }); }}>
        <TextInput type="search" aria-label="Quick Find" placeholder="Quick Find" value={text} onChange={(e) => setText(e.currentTarget.value)} maw={360} />
      </form>
      {text.trim() && (found.length > 0 ? found.map((p) => <NavLink key={p.to} component={Link} to={p.to} label={p.label} description={p.description} />) : <div role="status">Nothing found</div>)}
    </Card>
  );
}
