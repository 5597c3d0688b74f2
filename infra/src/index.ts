export { countryProgram } from "./program.ts";
export { checkStackInput, readStackInput, type StackInput, StackInputError, sizes, type Size } from "./stack-input.ts";
