export { ConfigError } from './config-error.js';
export {
  count,
  defaultsOf,
  dimension,
  fraction,
  rate,
  withDefaults,
  type ChoiceField,
  type ConfigOf,
  type Field,
  type Fields,
  type FlagField,
  type NumberField,
  type NumberRange,
  type TextField,
} from './field.js';
export { fieldHelp, fieldRows, fieldTable, type FieldRow } from './field-rows.js';
export { fieldFaults, parseFields } from './parse-fields.js';
