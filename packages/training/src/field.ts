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
  type NumberField,
  type NumberRange,
} from '@stargan/config';
