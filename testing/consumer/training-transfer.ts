import {
  buildNetworks,
  buildOptimizers,
  defaultsOf,
  describeNames,
  describePretrained,
  describeTransfer,
  disposeState,
  findPretrained,
  frozenOf,
  initialState,
  initialWeights,
  namedParameters,
  NETWORK_NAMES,
  PARAMETER_KEYS,
  planTransfer,
  selectFrozen,
  stateFromPretrained,
  summarizeTransfer,
  trainedSpecs,
  trainingFields,
  transferWeights,
  type DomainAxis,
  type DroppedParameter,
  type FindPretrainedOptions,
  type Frozen,
  type NamedParameter,
  type ParameterCount,
  type Pretrained,
  type PretrainedKind,
  type PretrainedState,
  type PretrainedWeights,
  type TransferModel,
  type TransferOptions,
  type TransferPlan,
  type TransferredParameter,
  type TransferSummary,
  type WeightsOrigin,
  type WeightsOf,
} from '@stargan/training';

// Frozen parameters in a loop of one's own.
const config = { ...defaultsOf(trainingFields), imageSize: 64, freeze: 'freezeD' };
const networks = buildNetworks(config, 3);
const optimizers = buildOptimizers(config);
const frozen: Frozen = selectFrozen(networks, ['freezeD', 'mapping_network.shared.*']);
const state = initialState(networks, optimizers, 1, frozen);
const parameters: NamedParameter[] = namedParameters(networks);
console.log(frozenOf(state).discriminator?.size, describeNames(parameters.map(({ name }) => name)));
disposeState(state);
console.log(PARAMETER_KEYS.length, trainedSpecs(networks, 'discriminator', frozen).length);

// A training that begins with the weights of a run.
const kind: PretrainedKind = 'ema';
const options: FindPretrainedOptions = { weights: kind, iteration: 50_000 };
const pretrained: Pretrained = await findPretrained('runs/01', options);
const to: TransferModel = { config: { ...pretrained.config, freeze: 'freezeD' }, domains: ['cat', 'dog', 'wolf'] };
const choice: TransferOptions = { holds: pretrained.holds, copies: { wolf: 'dog' } };
const plan: TransferPlan = planTransfer(pretrained, to, choice);
for (const line of [describePretrained(pretrained), ...describeTransfer(plan)]) console.log(line);
const begun: PretrainedState = await stateFromPretrained(pretrained, plan, buildOptimizers(config), 1);
const origin: WeightsOrigin = begun.origin;
disposeState(begun.state);

// The same with weights at hand.
const read: PretrainedWeights = await pretrained.read();
const made: WeightsOf = transferWeights(plan, read.weights, 1);
const others: WeightsOf = transferWeights(plan, initialWeights(networks, NETWORK_NAMES, 1), 2);
const row: TransferredParameter | undefined = plan.parameters[0];
const axis: DomainAxis | undefined = row?.domainAxis;
const gone: DroppedParameter | undefined = plan.dropped[0];
const summary: TransferSummary = summarizeTransfer(plan);
const kept: ParameterCount = summary.kept;
console.log(origin.iteration, made.generator, others.discriminator, axis?.sources, gone?.isPart, kept.values);
