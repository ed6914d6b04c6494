import { registerSecondOrderGradients } from './register.js';

export { registerSecondOrderGradients };

registerSecondOrderGradients();
