import {
  ConfigError,
  count,
  defaultsOf,
  dimension,
  fieldFaults,
  fieldHelp,
  fieldRows,
  fieldTable,
  fraction,
  parseFields,
  rate,
  withDefaults,
  type ChoiceField,
  type FlagField,
  type ConfigOf,
  type Field,
  type FieldRow,
  type Fields,
  type NumberField,
  type NumberRange,
  type TextField,
} from '@stargan/config';
import { keyFinder, parseAssignments, readConfigFile, type KeyFinder } from '@stargan/config/sources';

const range: NumberRange = fraction;
const dropout: NumberField = { ...range, default: 0.5, description: 'Share that is dropped.' };
const scheme: ChoiceField = { kind: 'choice', values: ['adam', 'sgd'], default: 'adam', description: 'Optimiser.' };
const field: Field = scheme;
const text: TextField = { kind: 'text', default: '', description: 'Anything.' };
const flag: FlagField = { kind: 'flag', default: true, description: 'Whether.' };
const fields = {
  width: { ...dimension, default: 8, description: 'Channels.' },
  epochs: { ...count, default: 10, description: 'Passes.' },
  learningRate: { ...rate, default: 1e-3, description: 'Step.' },
  mode: { kind: 'choice', values: ['fast', 'exact'], default: 'fast', description: 'How.' },
} as const satisfies Fields;
const config: ConfigOf<typeof fields> = parseFields(fields, { epochs: 3 });
const mode: 'fast' | 'exact' = withDefaults(fields, { epochs: undefined }).mode;
const rows: FieldRow[] = fieldRows({ dropout, field, flag, text });
console.log(config.width, mode, rows, fieldHelp(fields), fieldTable(fields), defaultsOf(fields), fieldFaults(fields, {}));

const keys: KeyFinder = keyFinder(['epochs'], { passes: 'epochs' });
const values: Record<string, unknown> = await readConfigFile('config.json').catch((error: unknown) => {
  if (error instanceof ConfigError) return parseAssignments(['epochs=3'], '--set');
  throw error;
});
console.log(keys.find('Epochs'), keys.suggest('epoch'), values);
