export { checkAuditStorage } from "./check-audit-storage.ts";
export { checkKeyStore } from "./check-key-store.ts";
