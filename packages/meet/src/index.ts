export * from "./captions.ts";
