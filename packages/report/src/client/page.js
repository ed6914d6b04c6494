// Runs in the browser, inside the page: draws charts, moves through pictures and follows a live report.
/* global document, window, uPlot, EventSource, fetch, ResizeObserver */

// Colours that colour-blind readers can tell apart (Okabe and Ito).
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#3a9bd1'];
const CHART_HEIGHT = 260;

const report = JSON.parse(document.getElementById('report-data').textContent);

const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, notation: 'scientific' });
/** A number as an axis or a legend shows it. */
function format(value) {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  return (size !== 0 && (size < 1e-3 || size >= 1e7) ? short : plain).format(value);
}

/** Makes an element. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Charts that are drawn, by section and title. */
const drawn = new Map();

/** What must be equal for a chart to take new data instead of being drawn anew. */
const shapeOf = (chart) => JSON.stringify({ ...chart, data: undefined });

function drawChart(holder, chart) {
  const widest = (values) => Math.max(0, ...(values ?? []).map((value) => value.length));
  const x = chart.x ?? 'iteration';
  const last = () => chart.data[0].length - 1;
  const plot = new uPlot(
    {
      width: holder.clientWidth,
      height: CHART_HEIGHT,
      padding: [10, 12, 0, 0],
      scales: { x: { time: false }, y: chart.range ? { range: chart.range } : {} },
      axes: [
        { label: x, labelSize: 20, size: 34, values: (_, splits) => splits.map(format) },
        {
          label: chart.y ?? '',
          labelSize: chart.y ? 20 : 0,
          size: (_, values) => 16 + 7 * widest(values),
          values: (_, splits) => splits.map(format),
        },
      ],
      series: [
        { label: x, value: (_, value) => format(value) },
        ...chart.labels.map((label, i) => ({
          label,
          stroke: COLOURS[(chart.colours?.[i] ?? i) % COLOURS.length],
          width: 1.5,
          spanGaps: chart.spanGaps === true,
          value: (_, value) => format(value),
          points: { show: (u) => u.data[0].length < 40 },
        })),
      ],
      hooks: {
        // The last values are shown where the pointer is elsewhere.
        setCursor: [(u) => u.cursor.idx ?? u.setLegend({ idx: u.data[0].length - 1 })],
      },
    },
    chart.data,
    holder,
  );
  plot.setLegend({ idx: last() });
  const resize = new ResizeObserver(() => {
    if (holder.clientWidth > 0 && holder.clientWidth !== plot.width) plot.setSize({ width: holder.clientWidth, height: CHART_HEIGHT });
  });
  resize.observe(holder);
  return { shape: shapeOf(chart), plot, remove: () => (resize.disconnect(), plot.destroy()) };
}

/** Gives a chart new data; where it is zoomed, it stays so. */
function updateChart({ plot }, chart) {
  const [first, end] = [plot.data[0][0], plot.data[0].at(-1)];
  const { min, max } = plot.scales.x;
  const isZoomed = min > first || max < end;
  plot.setData(chart.data, !isZoomed);
  if (isZoomed) plot.setScale('x', { min, max });
  if (plot.cursor.idx === null || plot.cursor.idx === undefined) plot.setLegend({ idx: chart.data[0].length - 1 });
}

function showCharts(place, id, charts) {
  const keys = charts.map(({ title }) => `${id}/${title}`);
  for (const [key, { section, remove, holder }] of drawn) {
    if (section !== id || keys.includes(key)) continue;
    remove();
    holder.remove();
    drawn.delete(key);
  }
  charts.forEach((chart, i) => {
    const known = drawn.get(keys[i]);
    if (known?.shape === shapeOf(chart)) return updateChart(known, chart);
    const inside = element('div');
    const holder = element('div', { class: 'chart' }, element('h3', {}, chart.title), inside);
    if (known) {
      known.remove();
      known.holder.replaceWith(holder);
    } else place.insertBefore(holder, place.children[i] ?? null);
    drawn.set(keys[i], { ...drawChart(inside, chart), section: id, holder });
  });
}

/** Shows rows of pictures with one slider for all; a slider at its end follows what comes. */
function showRows(place, rows) {
  const iterations = [...new Set(rows.flatMap(({ pictures }) => pictures.map(({ iteration }) => iteration)))].sort((a, b) => a - b);
  const before = place.querySelector('input');
  const chosen = before === null || before.value === before.max ? iterations.at(-1) : place.iterations[Number(before.value)];
  const known = new Map([...place.querySelectorAll('figure')].map((figure) => [figure.dataset.kind, figure]));
  const figures = rows.map(({ kind, caption, width, height, pictures }) => {
    const figure =
      known.get(kind) ?? element('figure', { 'data-kind': kind }, element('img', { alt: kind, width, height }), element('figcaption'));
    const image = figure.querySelector('img');
    // In a file the page itself holds the last picture.
    if (pictures.at(-1).source === undefined) pictures.at(-1).source = image.getAttribute('src');
    const text = figure.querySelector('figcaption');
    if (text.innerHTML !== caption) text.innerHTML = caption;
    return { image, pictures, figure };
  });
  const input = element('input', {
    type: 'range',
    min: 0,
    max: Math.max(0, iterations.length - 1),
    'aria-label': 'iteration of the pictures',
  });
  const output = element('output');
  const show = () => {
    const iteration = iterations[Number(input.value)];
    output.textContent = `iteration ${plain.format(iteration)}`;
    for (const { image, pictures } of figures) {
      const picture = pictures.filter((each) => each.iteration <= iteration).at(-1) ?? pictures[0];
      if (image.getAttribute('src') !== picture.source) image.setAttribute('src', picture.source);
      image.alt = `${image.parentElement.dataset.kind}, iteration ${picture.iteration}`;
    }
  };
  input.value = `${Math.max(0, iterations.indexOf(chosen))}`;
  input.addEventListener('input', show);
  place.iterations = iterations;
  const hadFocus = before !== null && document.activeElement === before;
  place.replaceChildren(
    ...(iterations.length > 1 ? [element('div', { class: 'slider' }, input, output)] : []),
    ...figures.map(({ figure }) => figure),
  );
  if (hadFocus) input.focus();
  if (rows.length > 0) show();
}

/** Shows a section, which is made where it is new. */
function showSection({ id, heading, html, charts = [], rows = [] }, isFirst) {
  let section = document.getElementById(id);
  if (section === null) {
    section = element('section', { id }, ...(heading === undefined ? [] : [element('h2', {}, heading)]));
    for (const name of ['text', 'rows', 'charts']) section.append(element('div', { class: name }));
    document.querySelector('main').append(section);
  }
  const [text, pictures, places] = ['text', 'rows', 'charts'].map((name) => section.querySelector(`:scope > .${name}`));
  if (html !== undefined && text.shown !== html) text.innerHTML = text.shown = html;
  section.hidden = text.innerHTML === '' && rows.length === 0 && charts.length === 0;
  if (rows.length > 0 || pictures.children.length > 0) showRows(pictures, rows);
  showCharts(places, id, charts);
  if (isFirst && charts.length > 0 && section.querySelector('.hint') === null)
    places.before(
      element('p', { class: 'hint' }, 'Drag across a chart to zoom in, double-click to see all of it. Click a name to hide its curve.'),
    );
}

function show(sections) {
  const first = sections.find(({ charts = [] }) => charts.length > 0);
  for (const section of sections) showSection(section, section === first);
}

show(report.sections);

/** Follows the server that the page came from. */
function follow() {
  const status = document.getElementById('live');
  const say = (text, isLost) => {
    status.textContent = text;
    status.classList.toggle('lost', isLost);
  };
  let isAsking = false;
  let isStale = false;
  const refresh = async () => {
    if (isAsking) return void (isStale = true);
    isAsking = true;
    try {
      do {
        isStale = false;
        const answer = await fetch('content');
        if (!answer.ok) throw new Error(await answer.text());
        const { title, sections } = await answer.json();
        document.title = title;
        document.querySelector('h1').textContent = title;
        show(sections);
        say(`live, as of ${new Date().toLocaleTimeString()}`, false);
      } while (isStale);
    } catch (error) {
      say(`the report cannot be read at the moment: ${error.message}`, true);
    } finally {
      isAsking = false;
    }
  };
  const events = new EventSource('events');
  events.addEventListener('open', refresh);
  events.addEventListener('changed', refresh);
  events.addEventListener('error', () => say('the server has ended; this is what it showed last', true));
  window.addEventListener('pagehide', () => events.close());
}

if (report.live) follow();
