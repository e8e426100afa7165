// Recordings of the mock API: a hum where somebody speaks, so that player and waveform have something to show.
import type { components } from '../src/api/schema';
import { random } from './company.ts';

type S = components['schemas'];
const RATE = 8000;
const PEAKS = 20;

/** How loud a channel is at a time, 0 to 1. Without a transcript both sides take turns. */
function level(call: S['CallDetail'], channel: number, t: number, noise: number): number {
  const line = call.transcript?.lines.find((l) => t >= l.start && t < l.end);
  const mine = call.transcript ? line && (call.transcript.layout === 'dual_mono' || line.channel === channel) : Math.floor(t / 5) % 2 === channel;
  return mine ? 0.25 + 0.75 * noise * (Math.sin(t * 9) > -0.6 ? 1 : 0.1) : 0;
}

export function waveform(call: S['CallDetail']): S['Waveform'] {
  const next = random(call.id.length * 31 + call.duration);
  const channels = Array.from({ length: call.transcript?.channels ?? 2 }, (_, c) => Array.from({ length: Math.ceil(call.duration * PEAKS) }, (_, i) => Math.round(127 * level(call, c, i / PEAKS, next()))));
  return { per_second: PEAKS, channels };
}

/** A WAV file, 16 bit. */
export function wav(call: S['CallDetail']): Uint8Array {
  const peaks = waveform(call).channels;
  const frames = Math.ceil(call.duration * RATE);
  const bytes = new Uint8Array(44 + frames * peaks.length * 2);
  const view = new DataView(bytes.buffer);
  const text = (offset: number, s: string) => { for (let i = 0; i < s.length; i++) bytes[offset + i] = s.charCodeAt(i); };
  text(0, 'RIFF'); view.setUint32(4, bytes.length - 8, true); text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, peaks.length, true); view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * peaks.length * 2, true); view.setUint16(32, peaks.length * 2, true); view.setUint16(34, 16, true); text(36, 'data'); view.setUint32(40, bytes.length - 44, true);
  for (let f = 0; f < frames; f++) {
    peaks.forEach((p, c) => view.setInt16(44 + (f * peaks.length + c) * 2, ((p[Math.floor((f / RATE) * PEAKS)] ?? 0) / 127) * 6000 * Math.sin((f / RATE) * 2 * Math.PI * (180 + 90 * c)), true));
  }
  return bytes;
}
