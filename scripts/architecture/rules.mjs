/**
 * What the imports do that the house does not allow.
 *
 * @param {Awaited<ReturnType<import('./imports.mjs').readImports>>} imports
 * @param {Pick<typeof import('../../architecture.config.mjs'), 'levels' | 'rooms' | 'knownUpwards' | 'externals'>} house
 * @returns {string[]} a sentence for each
 */
export function findFaults(imports, house) {
  return [
    ...cycles(imports),
    ...unknownPlaces(imports, house),
    ...imports.arrows.flatMap((arrow) => [...packageFault(arrow, house), ...externalFault(arrow, house)]),
    ...roomFaults(imports, house),
  ];
}

/** The place of a room in the order of its workspace; `index.ts` is above all, unless the order names it. */
export function rankOf(room, order) {
  const found = order.indexOf(room);
  if (found >= 0 || !room.endsWith('.ts')) return found;
  return room === 'index.ts' ? order.length : order.indexOf('*');
}

function cycles({ arrows }) {
  const found = arrows.filter(({ cycle }) => cycle !== undefined).map(({ from, cycle }) => [...new Set([from.file, ...cycle])]);
  const distinct = new Map(found.reverse().map((files) => [[...files].sort().join(), files]));
  return [...distinct.values()].map((files) => `these files import each other in a circle: ${files.join(' → ')}`);
}

function unknownPlaces({ ends }, { levels, rooms }) {
  const workspaces = [...new Set(ends.map(({ workspace }) => workspace))];
  const known = levels.flat();
  return [
    ...workspaces.filter((one) => !known.includes(one)).map((one) => `${one} has no level: put it into architecture.config.mjs`),
    ...workspaces.flatMap((workspace) => {
      const present = [...new Set(ends.filter((end) => end.workspace === workspace && end.room !== undefined).map(({ room }) => room))];
      const order = rooms[workspace] ?? ['*'];
      return [
        ...present
          .filter((room) => rankOf(room, order) < 0)
          .map((room) => `${workspace}/src/${room} has no place among the rooms in architecture.config.mjs`),
        ...order
          .filter((room) => room !== '*' && !present.includes(room))
          .map((room) => `architecture.config.mjs names a room that is not there: ${workspace}/src/${room}`),
      ];
    }),
  ];
}

function packageFault({ from, to }, { levels }) {
  if (to.workspace === undefined || from.workspace === to.workspace) return [];
  const level = (workspace) => levels.findIndex((line) => line.includes(workspace));
  const [target, source] = [level(to.workspace), level(from.workspace)];
  if (target < source || target < 0 || source < 0) return [];
  return [`${from.file} imports ${to.file}, but ${from.workspace} may not know ${to.workspace}`];
}

function externalFault({ from, to }, { externals }) {
  const allowed = externals[from.workspace];
  if (to.external === undefined || allowed === undefined || from.room === undefined || allowed.includes(to.external)) return [];
  return [`${from.file} imports ${to.external}, but of others ${from.workspace} may import only ${allowed.join(' and ')}`];
}

function roomFaults({ arrows }, { rooms, knownUpwards }) {
  return Object.entries(rooms).flatMap(([workspace, order]) => {
    const upwards = new Map();
    for (const { from, to } of arrows) {
      if (from.workspace !== workspace || to.workspace !== workspace || from.room === undefined || to.room === undefined) continue;
      if (from.room !== to.room && rankOf(to.room, order) > rankOf(from.room, order))
        upwards.set(`${from.room} → ${to.room}`, [...(upwards.get(`${from.room} → ${to.room}`) ?? []), `${from.file} imports ${to.file}`]);
    }
    const known = knownUpwards[workspace] ?? [];
    return [
      ...[...upwards]
        .filter(([arrow]) => !known.includes(arrow))
        .map(([arrow, files]) => `${workspace}: ${arrow} runs upwards: ${files.join(', ')}`),
      ...known
        .filter((arrow) => !upwards.has(arrow))
        .map((arrow) => `${workspace}: ${arrow} is gone: take it off knownUpwards in architecture.config.mjs`),
    ];
  });
}
