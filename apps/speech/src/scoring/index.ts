export { errorRate, type Score, score } from "./error-rate.ts";
export { normalise } from "./normalise.ts";
