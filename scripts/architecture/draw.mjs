import { rankOf } from './rules.mjs';

/**
 * The imports between workspaces as a Mermaid drawing, in its lines.
 *
 * @param {Map<string, Set<string>>} arrows what each workspace imports
 * @param {{ levels: string[][] }} house
 */
export function drawPackages(arrows, { levels }) {
  const drawn = levels.map((line) => line.filter((workspace) => arrows.has(workspace))).filter((line) => line.length > 0);
  const name = (workspace) => workspace.replace('packages/', '');
  return draw(drawn.flat().reverse(), arrows, name);
}

/** The imports between the rooms of a workspace; what runs upwards is dotted. */
export function drawRooms(arrows, order) {
  const rooms = [...arrows.keys()].filter((room) => room !== 'index.ts').sort((a, b) => rankOf(b, order) - rankOf(a, order));
  const merged = order.includes('*') ? (room) => (order.includes(room) ? room : '*') : (room) => room;
  const between = new Map(rooms.map((room) => [merged(room), new Set()]));
  for (const room of rooms)
    for (const to of arrows.get(room)) if (to !== 'index.ts' && merged(to) !== merged(room)) between.get(merged(room)).add(merged(to));
  const isUpwards = (from, to) => rankOf(to, order) > rankOf(from, order);
  return draw([...between.keys()], between, (room) => (room === '*' ? 'files beside them' : room.replace(/\.ts$/, '')), isUpwards);
}

function draw(places, arrows, nameOf, isUpwards = () => false) {
  const ids = new Map(places.map((place, i) => [place, `n${i}`]));
  const lines = places.flatMap((from) =>
    [...arrows.get(from)]
      .filter((to) => ids.has(to))
      .sort((a, b) => places.indexOf(a) - places.indexOf(b))
      .filter((to) => isUpwards(from, to) || !followsFromOthers(from, to, arrows, isUpwards))
      .map((to) => `  ${ids.get(from)} ${isUpwards(from, to) ? '-.->' : '-->'} ${ids.get(to)}`),
  );
  return ['```mermaid', 'flowchart TD', ...places.map((place) => `  ${ids.get(place)}["${nameOf(place)}"]`), ...lines, '```'];
}

/** Whether one gets from one place to another through a third, so that the arrow adds nothing to the drawing. */
function followsFromOthers(from, to, arrows, isUpwards) {
  const seen = new Set();
  const reaches = (place) => {
    if (place === to) return true;
    if (seen.has(place)) return false;
    seen.add(place);
    return [...(arrows.get(place) ?? [])].some((next) => !isUpwards(place, next) && reaches(next));
  };
  return [...arrows.get(from)].some((next) => next !== to && !isUpwards(from, next) && reaches(next));
}
