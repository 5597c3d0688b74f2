import { languages } from "virtual:languages/desk";
import { startPage } from "../shared/start.tsx";
import { Desk } from "./desk.tsx";

await startPage(languages, () => <Desk />);
