// The step chart, loaded when the first one is drawn.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { spoken } from "../format";

export interface Series {
  times: number[];
  units: string[];
  values: (number | null)[][];
}

/** Days, or hours where all is of a few days; in UTC, as everything here. */
function labels(ticks: number[], hours: boolean): string[] {
  return ticks.map((time) => new Date(time * 1000).toISOString().slice(hours ? 11 : 0, hours ? 16 : 10));
}

export function draw(at: HTMLElement, { times, units, values }: Series): { destroy: () => void } {
  const last = times[times.length - 1];
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--quiet");
  const line = style.getPropertyValue("--line");
  const colours = ["--accent", "--good", "--warn"].map((name) => style.getPropertyValue(name));
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "11px system-ui" };
  const chart = new uPlot(
    {
      width: Math.max(200, at.clientWidth),
      height: 170,
      hooks: { setCursor: [(drawn) => drawn.cursor.idx == null && drawn.setLegend({ idx: times.length - 1 })] },
      scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
      axes: [{ ...axis, space: 110, values: (_, ticks) => labels(ticks, last - times[0] < 2 * 86_400) }, { ...axis, size: 56 }],
      series: [
        { value: (_, time) => (time ? new Date(time * 1000).toISOString().slice(0, 16).replace("T", " ") : "") },
        ...units.map((unit, place) => ({
          label: spoken(unit).replace(" token", ""),
          stroke: colours[place],
          width: 1.5,
          paths: uPlot.paths.stepped!({ align: 1 }),
          points: { show: true, size: 4, fill: colours[place] },
          value: (_: uPlot, value: number | null) => (value === null ? "–" : String(value)),
        })),
      ],
    },
    [times, ...values],
    at,
  );
  chart.setLegend({ idx: times.length - 1 }); // what holds now, until an instant is pointed at
  const observer = new ResizeObserver(() => chart.setSize({ width: Math.max(200, at.clientWidth), height: 170 }));
  observer.observe(at);
  return {
    destroy: () => {
      observer.disconnect();
      chart.destroy();
    },
  };
}
