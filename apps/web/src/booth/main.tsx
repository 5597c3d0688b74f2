import { languages } from "virtual:languages/booth";
import { startPage } from "../shared/start.tsx";
import { Booth } from "./booth.tsx";

await startPage(languages, () => <Booth />);
