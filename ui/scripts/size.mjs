// Fails if what the browser loads first is larger than the budget (DESIGN section 8), compressed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 300;
const dist = new URL('../dist/', import.meta.url).pathname;
const html = readFileSync(join(dist, 'index.html'), 'utf8');
const files = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => m[1]);
const total = files.reduce((sum, f) => sum + gzipSync(readFileSync(join(dist, f))).length, 0) / 1000;
console.log(`first load: ${total.toFixed(0)} kB of ${BUDGET_KB} kB in ${files.length} files`);
if (total > BUDGET_KB || files.length === 0) process.exit(1);
