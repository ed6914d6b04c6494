export { conditionalMappingNetwork, type ConditionalMappingNetworkOptions } from './conditional-mapping-network.js';
export { mappingNetwork, type MappingNetwork, type MappingNetworkOptions } from './mapping-network.js';
