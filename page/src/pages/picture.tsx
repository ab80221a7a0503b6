// The two systems as a picture with the numbers of this moment on it.

import { count, signed } from "../format";

export interface Numbers {
  providers: number;
  fresh: number;
  live: number;
  reference: number;
  models: number;
  synced: number;
  stored: number;
  difference: number;
}

export function Picture({ numbers }: { numbers: Numbers }) {
  const { providers, fresh, live, reference, models, synced, stored, difference } = numbers;
  return (
    <div class="wide">
    <svg class="picture" viewBox="-1 0 1002 230" role="img" aria-label={`${fresh} of ${providers} providers are fresh; ${count(live)} listings are live, ${count(stored)} are stored, the difference is ${count(difference)}`}>
      <defs>
        <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" /></marker>
      </defs>
      <Box x={0} y={85} width={150} title="Providers" value={`${fresh} of ${providers} fresh`} />
      <Box x={235} y={85} width={150} title="Snapshots" value={`${count(live)} listings`} />
      <Box x={520} y={10} width={180} title="Memory, Redis" value={`${count(live)} live`} note={reference ? `+ ${count(reference)} from references` : undefined} />
      <Box x={520} y={160} width={180} title="Sync" value={`${count(synced)} providers`} note="prices, policy, grace" />
      <Box x={830} y={10} width={170} title="API, this page" value={`${count(models)} served`} />
      <Box x={830} y={160} width={170} title="SQL" value={`${count(stored)} stored`} />
      <Arrow d="M150 115H232" />
      <Arrow d="M385 108C450 108 450 42 517 42" />
      <Arrow d="M385 122C450 122 450 192 517 192" />
      <Arrow d="M700 42H827" />
      <Arrow d="M700 192H827" />
      <path class="gap" d="M915 78V156" />
      <text class="number" x={905} y={122} text-anchor="end">difference {signed(difference)}</text>
    </svg>
    </div>
  );
}

function Box({ x, y, width, title, value, note }: { x: number; y: number; width: number; title: string; value: string; note?: string }) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect width={width} height={62} rx={3} />
      <text x={12} y={22} class="title">{title}</text>
      <text x={12} y={note ? 39 : 44} class="number">{value}</text>
      {note && <text x={12} y={54} class="note">{note}</text>}
    </g>
  );
}

function Arrow({ d }: { d: string }) {
  return <path class="arrow" d={d} marker-end="url(#tip)" />;
}
