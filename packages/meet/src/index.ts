export * from "./captions.ts";
export * from "./transcription/bridge-frames.ts";
export * from "./transcription/service-messages.ts";
export * from "./clock.ts";
