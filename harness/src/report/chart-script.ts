import { scriptJson } from './page.js';
import type { Chart } from './curves.js';

/** Colours that colour-blind readers can tell apart (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/** The script that draws the charts with uPlot into the elements `chart-0`, `chart-1`, …, and follows their width. */
export function chartScript(charts: readonly Chart[]): string {
  return `
const colours = ${scriptJson(COLOURS)};
const plots = ${scriptJson(charts)}.map((chart, i) => {
  const holder = document.getElementById('chart-' + i);
  const width = () => holder.clientWidth - 18;
  const plot = new uPlot({
    title: chart.title, width: width(), height: 280, scales: { x: { time: false }, y: chart.range ? { range: chart.range } : {} },
    series: [{ label: chart.x ?? 'iteration' }, ...chart.labels.map((label, k) => ({ label, stroke: colours[(chart.colours?.[k] ?? k) % colours.length], width: 1.5, spanGaps: chart.spanGaps === true, points: { show: chart.data[0].length < 40 } }))],
  }, chart.data, holder);
  return () => plot.setSize({ width: width(), height: 280 });
});
addEventListener('resize', () => plots.forEach((resize) => resize()));
`;
}
