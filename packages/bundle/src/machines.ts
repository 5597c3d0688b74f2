import { places, ports } from "./places.ts";
import type { Machine, Site } from "./site.ts";

/** The name in the certificate that a station makes for its machines: no resolver has to know it. */
export const machineName = (site: Site): string => `machine.${site.names.station}`;

/** From where its further machines see a station come. */
export const stationAddress = (site: Site): string => site.machines?.station ?? site.localAddress ?? site.address;

/** On the station: the certificate that its machines show, and its key, for whoever brings both to them. */
export const madeForMachines = {
  certificate: `${places.machines}/certificate.pem`,
  key: `${places.secrets}/machine-key`,
} as const;

/** On the station: the token that it shows to whoever hears for it. */
export const secretOfSpeech = `${places.secrets}/speech-token`;

/** On a further machine: what the station's operator brought from the station. */
export const handedToMachine = {
  token: `${places.machines}/token`,
  certificate: `${places.machines}/certificate.pem`,
  key: `${places.machines}/key.pem`,
} as const;

/** Where a station finds a machine of its. */
export const insideAddress = ({ inside, address }: Machine): string => inside ?? address;

export const machineUrl = (machine: Machine): string => {
  const address = insideAddress(machine);
  return `https://${address.includes(":") ? `[${address}]` : address}:${ports.machine}`;
};
