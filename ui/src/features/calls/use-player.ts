import { useEffect, useRef, useState } from 'react';

import type { Transcript } from '../../lib/api';
import { allSpeech, skipSilence } from '../../lib/transcript';

/** Playing of one recording: the audio element is the only clock. */
export function usePlayer(transcript?: Transcript) {
  const audio = useRef<HTMLAudioElement>(null);
  const [time, setTime] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [rate, setRate] = useState(1);
  const [skipping, setSkipping] = useState(false);
  const [failed, setFailed] = useState(false);
  /** How often somebody chose another time; who follows the time takes it as a wish to see that place. */
  const [jumps, setJumps] = useState(0);

  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    const speech = transcript ? allSpeech(transcript.speech) : [];
    const tick = () => {
      if (skipping && !element.paused && speech.length > 0) {
        const next = skipSilence(speech, element.currentTime);
        if (next > element.currentTime) element.currentTime = next;
      }
      setTime(element.currentTime);
      setPlaying(!element.paused);
    };
    const events = ['timeupdate', 'play', 'pause', 'seeked', 'ended'] as const;
    const fail = () => setFailed(true);
    for (const e of events) element.addEventListener(e, tick);
    element.addEventListener('error', fail);
    return () => { for (const e of events) element.removeEventListener(e, tick); element.removeEventListener('error', fail); };
  }, [transcript, skipping]);

  useEffect(() => { if (audio.current) audio.current.playbackRate = rate; }, [rate]);

  const seek = (seconds: number, play = true) => {
    if (!audio.current) return;
    audio.current.currentTime = seconds;
    setTime(seconds);
    setJumps((n) => n + 1);
    if (play) void audio.current.play().catch(() => setPlaying(false));
  };
  const toggle = () => {
    if (!audio.current) return;
    if (audio.current.paused) void audio.current.play().catch(() => setPlaying(false)); else audio.current.pause();
  };
  return { audio, time, playing, rate, setRate, skipping, setSkipping, failed, jumps, seek, toggle };
}

export type Player = ReturnType<typeof usePlayer>;
