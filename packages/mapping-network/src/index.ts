export { mappingNetwork, type MappingNetwork, type MappingNetworkOptions } from './mapping-network.js';
