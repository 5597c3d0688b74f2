import { languages } from "virtual:languages/fleet";
import { startPage } from "../shared/start.tsx";
import { FleetPage } from "./fleet-page.tsx";

await startPage(languages, () => <FleetPage />);
