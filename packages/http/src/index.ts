export { baseApp, type BaseAppOptions, limitBodies } from "./app.ts";
export { readConfig, ConfigError } from "./config.ts";
export { createLog, type Log } from "./log.ts";
export { Problem, type ProblemStatus, problemBody, problemJson } from "./problem.ts";
export { type NodeServer, serveNode, type ServeOptions } from "./serve.ts";
export { pages } from "./pages.ts";
