// Puts the mock API into Vite's servers: EARSHOT_MOCK=1 npm run dev, or npm run mock for the built UI.
// POST /_mock {"engineMissing":true} makes something go wrong (see Faults in answer.ts), POST /_mock/arrive lets a call come in, /_mock/login is the provider that
// people sign in at.
import { mockAPI } from './api.ts';

async function bodyOf(req) {
  let text = '';
  for await (const chunk of req) text += chunk;
  return !text ? {} : req.headers['content-type']?.startsWith('text/csv') ? { csv: text } : JSON.parse(text);
}

function feed(api, req, res) {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  res.write(': here\n\n');
  const stop = api.listen((change) => res.write(`event: change\ndata: ${JSON.stringify(change)}\n\n`));
  req.on('close', stop);
}

/** Bytes, or the range of them that was asked for. */
function sendBytes(req, res, bytes) {
  const range = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? '');
  const from = range ? Number(range[1]) : 0;
  const to = range?.[2] ? Number(range[2]) : bytes.length - 1;
  res.writeHead(range ? 206 : 200, { 'Content-Type': 'audio/wav', 'Accept-Ranges': 'bytes', 'Content-Length': to - from + 1, ...(range && { 'Content-Range': `bytes ${from}-${to}/${bytes.length}` }) });
  res.end(bytes.subarray(from, to + 1));
}

export function mockPlugin() {
  const api = mockAPI();
  const serve = async (req, res, next) => {
    const url = new URL(req.url, 'http://localhost');
    if (url.pathname === '/_mock/arrive') return res.end(JSON.stringify(api.arrive()));
    if (url.pathname === '/_mock/login') { res.writeHead(303, { Location: api.signedIn(url.searchParams.get('provider')) }); return res.end(); }
    if (url.pathname === '/_mock') { api.setFaults(await bodyOf(req)); return res.end('{}'); }
    if (!url.pathname.startsWith('/api/')) return next();
    if (url.pathname === '/api/v1/changes') return feed(api, req, res);
    await new Promise((done) => setTimeout(done, api.slowMs()));
    const answer = api.handle(req.method, url, await bodyOf(req));
    if (answer.bytes) return sendBytes(req, res, answer.bytes);
    res.writeHead(answer.status, { 'Content-Type': answer.status >= 400 ? 'application/problem+json' : 'application/json' });
    res.end(answer.json === undefined ? undefined : JSON.stringify(answer.json));
  };
  // A page that is left breaks off its requests; nobody waits for their answers.
  const middleware = (req, res, next) => serve(req, res, next).catch((error) => (req.aborted || res.destroyed ? res.destroy() : next(error)));
  const use = (server) => { server.middlewares.use(middleware); };
  return { name: 'earshot-mock-api', configureServer: use, configurePreviewServer: use };
}
