export { readRecording, type Recording, type RecordingHeader, type RecordedSpeaker, type RecordedFrame } from "./recording.ts";
export { type ConferenceItem, type ConferencePacket, conferenceOf, mergeConferences, partOf } from "./conference.ts";
export { impair, type Impairments, leaveOutSilence, sendSilence } from "./network.ts";
export { replayConference, ReplayError, type ReplayOptions, type ReplayReport } from "./bridge.ts";
