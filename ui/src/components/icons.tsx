import type { ReactNode } from 'react';

/** Own line icons on a grid of 20. They decorate: what they stand beside, or the label of their button, says what they mean. */
function icon(paths: ReactNode, filled = false) {
  return function Icon({ size = 18 }: { size?: number }) {
    return (
      <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden focusable="false" style={{ flexShrink: 0 }} fill={filled ? 'currentColor' : 'none'} stroke={filled ? 'none' : 'currentColor'} strokeWidth={1.6} strokeLinecap="round" strokeLinejoin="round">{paths}</svg>
    );
  };
}

const dots = [4, 10, 16].flatMap((y) => [4, 10, 16].map((x) => <circle key={`${x}-${y}`} cx={x} cy={y} r={1.6} />));

export const AppsIcon = icon(dots, true);
export const SunIcon = icon(<><circle cx={10} cy={10} r={3.4} /><path d="M10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.3 4.3l1.2 1.2M14.5 14.5l1.2 1.2M4.3 15.7l1.2-1.2M14.5 5.5l1.2-1.2" /></>);
export const MoonIcon = icon(<path d="M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5Z" />);
export const PlayIcon = icon(<path d="M6 3.8v12.4a.6.6 0 0 0 .9.5l10-6.2a.6.6 0 0 0 0-1L6.9 3.3a.6.6 0 0 0-.9.5Z" />, true);
export const PauseIcon = icon(<><rect x={4.5} y={3.5} width={4} height={13} rx={1} /><rect x={11.5} y={3.5} width={4} height={13} rx={1} /></>, true);
export const BackIcon = icon(<path d="M4 10a6 6 0 1 0 1.8-4.3M4 3.5v3.2h3.2" />);
export const HomeIcon = icon(<path d="M3 9.2 10 3.5l7 5.7V16a.8.8 0 0 1-.8.8h-3.7v-4.5h-5v4.5H3.8A.8.8 0 0 1 3 16Z" />);
export const CallsIcon = icon(<path d="M5 3.2h2.4l1.3 3.5-1.8 1.4a9.5 9.5 0 0 0 5 5l1.4-1.8 3.5 1.3V15a1.9 1.9 0 0 1-2 1.9A13 13 0 0 1 3.1 5.2 1.9 1.9 0 0 1 5 3.2Z" />);
export const PlugIcon = icon(<path d="M7 2.8v4M13 2.8v4M4.8 6.8h10.4v2.6a5.2 5.2 0 0 1-10.4 0ZM10 14.6v2.8" />);
export const ListIcon = icon(<path d="M7.5 5h9M7.5 10h9M7.5 15h9M3.6 5h.1M3.6 10h.1M3.6 15h.1" />);
export const BanIcon = icon(<><circle cx={10} cy={10} r={6.8} /><path d="m5.2 5.2 9.6 9.6" /></>);
export const UsersIcon = icon(<><circle cx={7.6} cy={7} r={2.8} /><path d="M2.6 16.2a5 5 0 0 1 10 0M13 4.5a2.8 2.8 0 0 1 0 5M14.6 12.2a5 5 0 0 1 2.9 4" /></>);
export const SlidersIcon = icon(<><path d="M3 6h7.5M14.5 6H17M3 14h2.5M9.5 14H17" /><circle cx={12.5} cy={6} r={2} /><circle cx={7.5} cy={14} r={2} /></>);
export const ClockIcon = icon(<><circle cx={10} cy={10} r={6.8} /><path d="M10 6v4.2l2.8 1.8" /></>);
export const WrenchIcon = icon(<path d="M12.2 3.4a4.2 4.2 0 0 0-4.6 5.7l-4.3 4.3a1.6 1.6 0 0 0 0 2.3l1 1a1.6 1.6 0 0 0 2.3 0l4.3-4.3a4.2 4.2 0 0 0 5.7-4.6l-2.5 2.5-2.7-.7-.7-2.7Z" />);
export const SpeechIcon = icon(<path d="M3.5 8.5v3M6.8 5.5v9M10 3v14M13.2 6.5v7M16.5 8.5v3" />);
export const UserIcon = icon(<><circle cx={10} cy={7} r={3.2} /><path d="M3.8 17a6.2 6.2 0 0 1 12.4 0" /></>);
export const PackageIcon = icon(<path d="m3.5 6.2 6.5-3.4 6.5 3.4v7.6L10 17.2l-6.5-3.4ZM3.5 6.2 10 9.6l6.5-3.4M10 9.6v7.6" />);
export const CloseIcon = icon(<path d="m5 5 10 10M15 5 5 15" />);
export const KeyIcon = icon(<><circle cx={7} cy={13} r={3.4} /><path d="m9.5 10.5 7-7M13.5 6.5l2.3 2.3" /></>);
export const DownIcon = icon(<path d="M10 4v11.5M5.2 11 10 15.8 14.8 11" />);
