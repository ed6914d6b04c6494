/** The style of every page: dark on light, readable from 320 pixels on, tables and charts scroll or shrink by themselves. */
export const STYLE = `
:root { color-scheme: light; --ink: #1c1e21; --soft: #555b63; --line: #d9dce0; --card: #f5f6f8; --warn: #fff4dc; --warn-line: #b86e00; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 24px 16px 64px; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: #fff; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 8px; } h2 { font-size: 1.2rem; margin: 40px 0 12px; } h3 { font-size: 1rem; font-weight: 600; margin: 0 0 4px; }
p { color: var(--soft); margin: 0 0 12px; max-width: 75ch; }
a { color: #0057a8; }
figure { margin: 0 0 24px; } figcaption { color: var(--soft); font-size: .9rem; margin-top: 6px; max-width: 75ch; }
img { max-width: 100%; height: auto; display: block; border: 1px solid var(--line); border-radius: 4px; image-rendering: pixelated; } .photos img { image-rendering: auto; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0 0 12px; }
.card { background: var(--card); border-radius: 8px; padding: 12px 16px; } .card b { display: block; font-size: 1.4rem; } .card span { color: var(--soft); font-size: .9rem; }
.strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 16px; } .strip img { width: 100%; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; } th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); font-weight: normal; } th { color: var(--soft); width: 14em; } @media (max-width: 600px) { th { width: 52%; } }
.scroll { overflow-x: auto; margin: 0 0 12px; } .data { white-space: nowrap; font-variant-numeric: tabular-nums; }
.data th { width: auto; } .data th, .data td { overflow-wrap: normal; text-align: right; padding: 4px 0 4px 14px; } .data :is(th, td):nth-child(-n+2) { text-align: left; padding-left: 0; padding-right: 10px; }
.notes { color: var(--soft); font-size: .9rem; margin: 12px 0 24px; padding-left: 1.2em; }
details { margin: 0 0 24px; } summary { cursor: pointer; color: var(--soft); }
.warnings { list-style: none; margin: 0 0 12px; padding: 0; } .warnings li { background: var(--warn); border-left: 4px solid var(--warn-line); border-radius: 4px; padding: 10px 14px; margin: 0 0 8px; } .warnings b { display: block; } .warnings span { display: block; color: var(--soft); }
.slider { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 14px; position: sticky; top: 0; z-index: 1; background: #fff; padding: 8px 0; margin: 0 0 8px; } .slider input { flex: 1 1 200px; min-width: 0; accent-color: #0072b2; } .slider output { min-width: 9em; font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 20px; }
.chart { border: 1px solid var(--line); border-radius: 4px; padding: 10px; min-width: 0; overflow: hidden; }
.chart .u-legend { font-size: .8rem; text-align: left; } .chart .u-legend th { color: var(--ink); width: auto; border: 0; padding: 0 2px 0 0; } .chart .u-legend td { border: 0; padding: 0 2px 0 0; } .chart .u-legend tr { margin-right: 10px; }
.chart .u-legend .u-value { min-width: 5.5em; font-variant-numeric: tabular-nums; }
.chart .u-legend .u-series:first-child .u-marker { display: none; }
.hint { font-size: .85rem; } .live { font-size: .85rem; color: var(--soft); } .live.lost { color: #a40000; }
`;
