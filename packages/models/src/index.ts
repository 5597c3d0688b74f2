export { addModel, knowAdded, type NewModel, removeAdded } from "./added.ts";
export { catalogue, modelById } from "./catalogue.ts";
export { ModelError, type ModelErrorCode } from "./errors.ts";
export { type FetchOptions, type FetchProgress, fetchModel, importModel } from "./fetch.ts";
export { installed, modelFolder, type ModelCheck, verifyModel } from "./install.ts";
export { bergamotIds, hearingModels, measuredLanguages, modelsFor, remoteHearingId, type SpeechNeeds } from "./needs.ts";
export { filesOf, type Model, type ModelFile, type ModelKind, type Quality, sizeOf } from "./types.ts";
