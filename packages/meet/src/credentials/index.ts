export { jitsiToken, type JitsiTokenOptions } from "./jitsi-token.ts";
export { isRoomName, makeRoomName } from "./room.ts";
export { turnCredentials, type TurnCredentials, type TurnOptions } from "./turn.ts";
