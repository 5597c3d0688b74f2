export { EngineError, type EngineErrorCode } from "./engine/errors.ts";
export { monthlyCost, type MonthlyCost } from "./aws/cost.ts";
export { bringEngine, type Engine, engineVersion, findEngine } from "./engine/find.ts";
export { type Changes, CountryStack, type StackEvents, type StackPlace } from "./engine/stack.ts";
export { recordProgram } from "./engineless/record.ts";
export { brokenRules } from "./engineless/rules.ts";
export { type Asked, type Maker, runEngineless } from "./engineless/run.ts";
export { type AwsTarget, type DebianTarget, type HostSteps, type StackInput, StackInputError } from "./stack-input.ts";
