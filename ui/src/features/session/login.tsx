import { Button, Card, Center, Divider, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { Failure } from '../../components/states';
import { api, unwrap } from '../../lib/api';
import { queries, queryClient } from '../../lib/queries';

/** Where to go after signing in: only a path of our own. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

const problems: Record<string, string> = {
  sso_off: 'Single sign-on is off. Sign in with your password.',
  sso_unreachable: 'The sign-in service of your company does not answer. Try again, or sign in with your password.',
  sso_unknown: 'This sign-in is not known or has run out. Start it again.',
  sso_refused: 'The sign-in service did not let you in. Try again, or sign in with your password.',
  sso_bad_answer: 'The answer of the sign-in service is not valid. Start again, and tell your admin if it stays.',
  sso_unverified: 'The sign-in service has not verified your e-mail address. Ask your admin.',
  sso_domain: 'E-mail addresses as yours may not sign in here. Ask your admin.',
  sso_no_user: 'You are no user of Earshot yet. Ask an admin to make you one.',
  deactivated: 'Your user is deactivated. Ask an admin.',
  too_many_logins: 'Too many attempts to sign in. Wait a minute and try again.',
};

/** Why single sign-on did not succeed. The address holds a code, since anybody can make a link with a text. */
export function problemText(search: string): string {
  const code = new URLSearchParams(search).get('problem');
  return code ? (Object.hasOwn(problems, code) && problems[code]) || 'Single sign-on did not succeed. Try again, or sign in with your password.' : '';
}

export function LoginPage() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const sso = useQuery(queries.session()).data?.sso;
  const problem = problemText(window.location.search);
  const login = useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/session', { body: { email, password } })),
    onSuccess: () => { queryClient.clear(); window.location.assign(nextPath(window.location.search)); },
  });
  return (
    <Center mih="100vh" p="md" component="main">
      <Card withBorder w="100%" maw={400} p="xl" shadow="sm">
        <form onSubmit={(e) => { e.preventDefault(); login.mutate(); }}>
          <Stack>
            <img src="/logo.svg" width={44} height={44} alt="" />
            <div><Title order={1} size="h2">Sign in to Earshot</Title><Text c="dimmed" size="sm">Calls, transcripts and insights of your company.</Text></div>
            {login.error ? null : problem && <Failure error={new Error(problem)} />}
            {login.error && <Failure error={login.error} />}
            <TextInput label="E-mail" type="email" autoComplete="username" required autoFocus value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
            <PasswordInput label="Password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': 'Show password' }} />
            <Button type="submit" loading={login.isPending}>Sign in</Button>
            {sso && <><Divider label="or" /><Button component="a" variant="default" href={`/login/sso?next=${encodeURIComponent(nextPath(window.location.search))}`}>{sso}</Button></>}
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
