export { capture, type Captured, type CaptureOptions, type CaptureStatistics } from './capture.js';
export { CaptureError } from './capture-error.js';
export { type FunctionOrder } from './describe-function.js';
export { whyNotCaptured } from './native-functions.js';
export { type Executor } from './replay.js';
